//! What EC2 says of its instance types, one row a type; not zones or prices, which differ by region.

use serde::Deserialize;

use super::error::BundledError;

/// The bundled rows; `data/README.md` tells where they are from.
const TYPES: &str = include_str!("../../data/instance_types.csv");

/// Figures of one instance type, as EC2's `DescribeInstanceTypes` reports them.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html>
#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are columns of a table, not states")]
pub(super) struct TypeFigures {
    /// Name, `m5.large` for example.
    pub(super) name: String,
    /// vCPUs that a machine has by default.
    pub(super) vcpus: u32,
    /// Nominal memory.
    pub(super) memory_mib: u32,
    /// Processor architectures, EC2's names, the first one decides.
    pub(super) architectures: Words,
    /// Maker of the processor.
    pub(super) cpu_manufacturer: String,
    /// Sustained clock.
    pub(super) clock_mhz: Option<u32>,
    /// Hypervisor; empty on bare metal.
    pub(super) hypervisor: String,
    /// Ways to buy: `on-demand`, `spot`, `capacity-block`.
    pub(super) usage_classes: Words,
    /// Network interfaces that each network card takes, card 0 (the default card) first.
    pub(super) card_enis: CardEnis,
    /// IPv4 addresses that each network interface holds.
    pub(super) ipv4_per_eni: u32,
    /// Sustained bandwidth of all network cards.
    pub(super) network_mbps: Option<u32>,
    /// Elastic Fabric Adapters at most; none where the type has none.
    pub(super) efa_interfaces: Option<u32>,
    /// Whether the network interfaces are ENA ones.
    pub(super) ena: bool,
    /// Whether the network encrypts traffic between machines.
    pub(super) encryption_in_transit: bool,
    /// Whether Nitro Enclaves are supported.
    pub(super) nitro_enclaves: bool,
    /// Whether a hypervisor can run on the machine.
    pub(super) nested_virtualization: bool,
    /// Greatest bandwidth to EBS, where machines are EBS-optimised by default.
    pub(super) ebs_mbps: Option<u32>,
    /// Name of the GPUs; empty where there are none.
    pub(super) gpu_name: String,
    /// Maker of the GPUs.
    pub(super) gpu_manufacturer: String,
    /// Number of GPUs; 0 for types that have a part of one.
    pub(super) gpu_count: Option<u32>,
    /// Memory of one GPU.
    pub(super) gpu_memory_mib: Option<u32>,
    /// Name of the inference accelerators; empty where there are none.
    pub(super) accelerator_name: String,
    /// Maker of the inference accelerators.
    pub(super) accelerator_manufacturer: String,
    /// Number of inference accelerators.
    pub(super) accelerator_count: Option<u32>,
    /// Name of the Neuron devices; empty where there are none.
    pub(super) neuron_name: String,
    /// Number of Neuron devices.
    pub(super) neuron_count: Option<u32>,
    /// Cores of one Neuron device.
    pub(super) neuron_cores: Option<u32>,
    /// Local storage in all, in units of 10⁹ bytes.
    pub(super) storage_gb: Option<u32>,
    /// Whether the local storage is `NVMe`.
    pub(super) nvme: bool,
}

impl TypeFigures {
    /// The architecture as Kubernetes calls it: that of the first entry that Kubernetes knows, none for Macs.
    pub(super) fn arch(&self) -> Option<&'static str> {
        self.architectures.iter().find_map(|name| match name {
            "arm64" => Some("arm64"),
            "x86_64" => Some("amd64"),
            _ => None,
        })
    }
}

/// All bundled types, in the order of their names.
///
/// # Errors
///
/// [`BundledError::Damaged`] if a row can't be read.
pub(super) fn read() -> Result<Vec<TypeFigures>, BundledError> {
    parse("instance_types.csv", TYPES)
}

/// The rows of a table with a header.
///
/// # Errors
///
/// [`BundledError::Damaged`] with the line if a row can't be read.
pub(super) fn parse<Row>(file: &'static str, text: &str) -> Result<Vec<Row>, BundledError>
where
    Row: for<'de> Deserialize<'de>,
{
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize().map(|row| row.map_err(|error| damaged(file, &error)));
    rows.collect()
}

fn damaged(file: &'static str, error: &csv::Error) -> BundledError {
    let line = error.position().map_or(0, csv::Position::line);
    BundledError::Damaged { file, line, problem: error.to_string() }
}

/// Words with bars between them, `on-demand|spot` for example; none for an empty text.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(from = "String")]
pub(super) struct Words(Vec<String>);

impl Words {
    /// The words in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a word is among them.
    pub(super) fn has(&self, word: &str) -> bool {
        self.iter().any(|own| own == word)
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(text.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }
}

/// Network interfaces per network card: `4`, `8|7` (two cards), `2*32` (32 cards with two each).
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct CardEnis(Vec<u32>);

/// Text that does not tell network interfaces per card.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` does not tell interfaces per network card (expected `4`, `8|7` or `2*32`)")]
pub(super) struct ParseCardEnisError(String);

impl CardEnis {
    /// Interfaces that a card takes; none if the type has no such card.
    pub(super) fn of_card(&self, index: u32) -> Option<u32> {
        usize::try_from(index).ok().and_then(|index| self.0.get(index).copied())
    }
}

impl TryFrom<String> for CardEnis {
    type Error = ParseCardEnisError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut cards = Vec::new();
        for part in text.split('|') {
            let (interfaces, times) = part.split_once('*').unwrap_or((part, "1"));
            match (interfaces.parse(), times.parse()) {
                (Ok(interfaces), Ok(times)) => {
                    cards.extend(std::iter::repeat_n::<u32>(interfaces, times));
                }
                _ => return Err(ParseCardEnisError(text)),
            }
        }
        Ok(Self(cards))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_are_read_sorted_and_unlike() {
        let types = read().unwrap();
        assert_eq!(types.len(), 1395);
        assert!(types.iter().zip(types.iter().skip(1)).all(|(a, b)| a.name < b.name));
        for row in &types {
            assert!(row.vcpus > 0 && row.memory_mib > 0 && row.ipv4_per_eni > 0, "{}", row.name);
            assert!(row.card_enis.of_card(0).is_some_and(|enis| enis > 0), "{}", row.name);
        }
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let text = "name,zones,usd_per_hour\nm5.large,a|b\n";
        let error = parse::<(String, Words, String)>("x.csv", text).unwrap_err();
        assert!(matches!(error, BundledError::Damaged { file: "x.csv", line: 2, .. }), "{error}");
    }

    #[test]
    fn cards_are_read_one_by_one_and_in_runs() {
        let cards = |text: &str| CardEnis::try_from(text.to_owned());
        assert_eq!(cards("8|7").unwrap().0, [8, 7]);
        assert_eq!(cards("2*3|1").unwrap().0, [2, 2, 2, 1]);
        assert_eq!(cards("4").unwrap().of_card(1), None);
        assert!(cards("").is_err() && cards("4*").is_err() && cards("x").is_err());
    }

    #[test]
    fn the_first_architecture_that_kubernetes_knows_counts() {
        let types = read().unwrap();
        let arch = |name: &str| types.iter().find(|row| row.name == name).unwrap().arch();
        assert_eq!(arch("c1.medium"), Some("amd64"));
        assert_eq!(arch("a1.large"), Some("arm64"));
        assert_eq!(arch("mac2.metal"), None);
    }
}
