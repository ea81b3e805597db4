//! Prints what a backend for a cloud of one's own answers: a hangar with four equal machines, no prices and no zones.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use karp_core::{
    backend::{
        Capabilities, CloudProvider, ErrorKind, InstanceTypes, InstanceTypesRequest, Launch,
        LaunchFailure, LaunchOption, LaunchOutcome, LaunchRequest, LaunchToken, Launched, Machine,
        MachineId, MachineKey, MachineRequest, Machines, MachinesRequest, ProviderError,
        TerminateOutcome, TerminateRequest, Terminated,
    },
    model::{CapacityType, InstanceType, NodePoolName, Timestamp},
};

#[derive(Default)]
struct Hangar {
    running: Mutex<Vec<Machine>>,
}

impl Hangar {
    fn running(&self) -> MutexGuard<'_, Vec<Machine>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Equal tokens name one machine, so that a caller may ask again when an answer was lost.
    fn start(&self, launch: &Launch) -> LaunchOutcome {
        let mut running = self.running();
        let of_token = |machine: &&Machine| machine.token.as_ref() == Some(&launch.token);
        if let Some(machine) = running.iter().find(of_token) {
            return LaunchOutcome::Started(machine.clone());
        }
        if running.len() == 4 {
            let full = ProviderError::new("launch", ErrorKind::NoCapacity);
            return LaunchOutcome::Failed(LaunchFailure::new(full));
        }
        let id = MachineId::new(format!("hangar-{}", running.len() + 1));
        let mut machine = Machine::new(id, "rack", CapacityType::OnDemand, Timestamp::EPOCH);
        machine.token = Some(launch.token.clone());
        running.push(machine.clone());
        LaunchOutcome::Started(machine)
    }
}

#[async_trait]
impl CloudProvider for Hangar {
    fn capabilities(&self) -> Capabilities {
        Capabilities::new().without_prices().without_zones().with_batch_launch(50)
    }

    async fn instance_types(
        &self,
        _: &InstanceTypesRequest,
    ) -> Result<InstanceTypes, ProviderError> {
        Ok(InstanceTypes::new(vec![Arc::new(InstanceType::new("rack").cpu("64").memory("256Gi"))]))
    }

    async fn launch(&self, request: &LaunchRequest) -> Result<Launched, ProviderError> {
        Ok(Launched::new(request.launches.iter().map(|launch| self.start(launch)).collect()))
    }

    async fn machines(&self, _: &MachinesRequest) -> Result<Machines, ProviderError> {
        Ok(Machines::new(self.running().clone()))
    }

    async fn machine(&self, request: &MachineRequest) -> Result<Machine, ProviderError> {
        let found = self
            .running()
            .iter()
            .find(|machine| match &request.key {
                MachineKey::Id(id) => machine.id == *id,
                MachineKey::Token(token) => machine.token.as_ref() == Some(token),
            })
            .cloned();
        found.ok_or_else(|| ProviderError::new("machine", ErrorKind::NotFound))
    }

    async fn terminate(&self, request: &TerminateRequest) -> Result<Terminated, ProviderError> {
        self.running().retain(|machine| !request.machines.contains(&machine.id));
        Ok(Terminated::new(request.machines.iter().map(|_| TerminateOutcome::Gone).collect()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let cloud: Arc<dyn CloudProvider> = Arc::new(Hangar::default());
    let launches = (1..=5).map(|number| {
        let options = vec![LaunchOption::zoneless("rack", CapacityType::OnDemand)];
        Launch::new(
            LaunchToken::new(format!("t-{number}")),
            "claim",
            NodePoolName::from("general"),
            options,
        )
    });
    for outcome in cloud.launch(&LaunchRequest::new(launches.collect())).await?.outcomes {
        match outcome {
            LaunchOutcome::Started(machine) => println!("{} runs", machine.id),
            LaunchOutcome::Failed(failure) => println!("not started: {}", failure.error),
            LaunchOutcome::Pending(launch) => println!("under way: {}", launch.token),
        }
    }
    println!("{} machines are ours", cloud.machines(&MachinesRequest::new()).await?.machines.len());
    Ok(())
}
