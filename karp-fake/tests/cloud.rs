//! The fake cloud keeps the contract of a cloud, and is as weak as it is told to be.

use karp_core::{
    backend::{
        CapacityPool, CapacityUnit, CloudProvider, ErrorKind, InstanceTypesRequest, Launch,
        LaunchOption, LaunchOutcome, LaunchRequest, LaunchToken, Machine, MachineId,
        MachineRequest, MachineState, Machines, MachinesRequest, OfferingSelector, ProviderError,
        Retry, Selection, TerminateOutcome, TerminateRequest,
    },
    model::{
        CapacityType::{OnDemand, Reserved, Spot},
        InstanceType, NodePool, Requirement, ResourceName, Span, Timestamp, label, usd,
    },
};
use karp_fake::{FakeClock, FakeCloud, Fault, FaultPlan, Operation, catalog};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn clock() -> FakeClock {
    FakeClock::new(Timestamp::EPOCH)
}

fn cloud() -> FakeCloud {
    FakeCloud::new(clock(), catalog::teaching())
}

fn launch(token: &str, options: &[LaunchOption]) -> Launch {
    Launch::new(LaunchToken::new(token), "claim", "general", options.to_vec())
}

fn request(token: &str, options: &[LaunchOption]) -> LaunchRequest {
    LaunchRequest::new(vec![launch(token, options)])
}

fn spot_in(zone: &str) -> LaunchOption {
    LaunchOption::new("m.large", zone, Spot)
}

fn started(outcome: &LaunchOutcome) -> Result<&Machine, String> {
    match outcome {
        LaunchOutcome::Started(machine) => Ok(machine),
        other => Err(format!("{other:?}")),
    }
}

async fn start(
    cloud: &FakeCloud,
    token: &str,
    option: LaunchOption,
) -> Result<Machine, Box<dyn std::error::Error>> {
    let launched = cloud.launch(&request(token, &[option])).await?;
    let outcome = launched.outcomes.first().ok_or("no outcome")?;
    Ok(started(outcome)?.clone())
}

async fn listed(cloud: &FakeCloud) -> Result<Vec<String>, ProviderError> {
    let Machines { machines, .. } = cloud.machines(&MachinesRequest::new()).await?;
    Ok(machines.into_iter().map(|machine| machine.id.to_string()).collect())
}

#[tokio::test]
async fn equal_tokens_name_one_machine_whatever_else_is_asked() -> Outcome {
    let cloud = cloud();
    let first = start(&cloud, "t-1", spot_in("z1")).await?;
    let again = start(&cloud, "t-1", LaunchOption::new("c.small", "z3", OnDemand)).await?;
    assert_eq!(first, again);
    assert_eq!(listed(&cloud).await?, ["fake:///z1/i-000001"]);
    Ok(())
}

#[tokio::test]
async fn a_repeated_launch_of_an_ended_machine_shows_that_it_ended() -> Outcome {
    let cloud = cloud();
    let first = start(&cloud, "t-1", spot_in("z1")).await?;
    cloud.terminate(&TerminateRequest::new(vec![first.id.clone()])).await?;
    let again = start(&cloud, "t-1", spot_in("z1")).await?;
    assert_eq!((again.id, again.state), (first.id, MachineState::Terminated));
    Ok(())
}

#[tokio::test]
async fn a_lost_reply_still_launches_and_a_lost_request_does_not() -> Outcome {
    let plan = FaultPlan::new()
        .on_nth(Operation::Launch, 0, Fault::LoseRequest(ErrorKind::Unavailable))
        .on_nth(Operation::Launch, 1, Fault::LoseReply(ErrorKind::Timeout));
    let cloud = cloud().with_faults(plan);
    assert!(cloud.launch(&request("t-1", &[spot_in("z1")])).await.is_err());
    assert!(listed(&cloud).await?.is_empty());
    assert!(cloud.launch(&request("t-1", &[spot_in("z1")])).await.is_err());
    assert_eq!(listed(&cloud).await?.len(), 1);
    let found = cloud.machine(&MachineRequest::by_token(LaunchToken::new("t-1"))).await?;
    assert_eq!(start(&cloud, "t-1", spot_in("z1")).await?.id, found.id);
    assert_eq!(cloud.calls(Operation::Launch), 3);
    Ok(())
}

#[tokio::test]
async fn the_first_option_with_capacity_is_taken() -> Outcome {
    let z1 = OfferingSelector::all().in_zone("z1");
    let cloud = cloud().with_stock("z1", z1.clone(), 1);
    let options = [spot_in("z1"), spot_in("z2")];
    for (token, zone) in [("t-1", "z1"), ("t-2", "z2")] {
        let launched = cloud.launch(&request(token, &options)).await?;
        assert_eq!(started(&launched.outcomes[0])?.zone.as_deref(), Some(zone));
    }
    let launched = cloud.launch(&request("t-3", &options[..1])).await?;
    let LaunchOutcome::Failed(failure) = &launched.outcomes[0] else {
        return Err(format!("{launched:?}").into());
    };
    assert_eq!(failure.error.kind(), ErrorKind::NoCapacity);
    assert_eq!(failure.error.retry(), Retry::Otherwise);
    assert_eq!(failure.exhausted_pools, ["z1"]);
    assert!(failure.exhausted[0].selects(&"m.large".into(), Some("z1"), Spot));
    Ok(())
}

#[tokio::test]
async fn capacity_first_takes_where_most_is_left() -> Outcome {
    let cloud = cloud().with_stock("z1", OfferingSelector::all().in_zone("z1"), 2).with_stock(
        "z2",
        OfferingSelector::all().in_zone("z2"),
        5,
    );
    let mut launch = launch("t-1", &[spot_in("z1"), spot_in("z2")]);
    launch.selection = Selection::CapacityFirst;
    let launched = cloud.launch(&LaunchRequest::new(vec![launch])).await?;
    assert_eq!(started(&launched.outcomes[0])?.zone.as_deref(), Some("z2"));
    Ok(())
}

#[tokio::test]
async fn a_quota_counts_over_types_and_comes_back_with_the_machine() -> Outcome {
    let quota = CapacityPool::new("spot-cpus", vec![OfferingSelector::all().paid_as(Spot)])
        .with_remaining(12_000, CapacityUnit::Resource(ResourceName::CPU));
    let cloud = cloud().with_capacity_pool(quota);
    let large = start(&cloud, "t-1", spot_in("z1")).await?;
    start(&cloud, "t-2", LaunchOption::new("c.medium", "z2", Spot)).await?;
    let refused =
        cloud.launch(&request("t-3", &[LaunchOption::new("c.small", "z1", Spot)])).await?;
    let LaunchOutcome::Failed(failure) = &refused.outcomes[0] else {
        return Err(format!("{refused:?}").into());
    };
    assert_eq!(failure.error.kind(), ErrorKind::QuotaExceeded);

    let pool = NodePool::new("general");
    let sold = cloud.instance_types(&InstanceTypesRequest::new(pool)).await?;
    assert_eq!(sold.types.len(), 12);
    assert!(
        sold.types
            .iter()
            .flat_map(|kind| &kind.offerings)
            .all(|offering| { offering.available == (offering.capacity_type() == Some(OnDemand)) })
    );

    // Ended twice, the quota comes back once.
    for _ in 0..2 {
        cloud.terminate(&TerminateRequest::new(vec![large.id.clone()])).await?;
    }
    let sold = cloud.instance_types(&InstanceTypesRequest::new(NodePool::new("general"))).await?;
    assert_eq!(sold.capacity_pools[0].remaining, Some(8_000));
    Ok(())
}

#[tokio::test]
async fn a_reservation_is_used_up() -> Outcome {
    let mut kind = InstanceType::new("m.large").cpu("8").offering("z1", Reserved, usd("0"));
    kind.offerings[0].requirements.add(Requirement::equals("reservation", "r-1"));
    kind.offerings[0].reservation_capacity = Some(1);
    let cloud = FakeCloud::new(clock(), vec![kind.into()]);
    let option = LaunchOption::new("m.large", "z1", Reserved).from_reservation("r-1");
    let machine = start(&cloud, "t-1", option.clone()).await?;
    assert_eq!(machine.labels.get("reservation").map(String::as_str), Some("r-1"));
    assert!(start(&cloud, "t-2", option.clone()).await.is_err());
    cloud.terminate(&TerminateRequest::new(vec![machine.id])).await?;
    assert!(start(&cloud, "t-2", option).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn all_or_none_leaves_none() -> Outcome {
    let cloud = cloud().with_stock("spot", OfferingSelector::all().paid_as(Spot), 2);
    let launches = ["t-1", "t-2", "t-3"].map(|token| launch(token, &[spot_in("z1")]));
    let group = LaunchRequest::new(launches.to_vec()).all_or_none();
    let launched = cloud.launch(&group).await?;
    assert!(launched.outcomes.iter().all(|outcome| matches!(outcome, LaunchOutcome::Failed(_))));
    assert!(cloud.all_machines().is_empty());
    let each = cloud.launch(&LaunchRequest::new(launches.to_vec())).await?;
    let count = each.outcomes.iter().filter(|outcome| started(outcome).is_ok()).count();
    assert_eq!(count, 2);
    Ok(())
}

#[tokio::test]
async fn requests_that_contradict_themselves_start_nothing() {
    let cloud = cloud();
    let twice =
        LaunchRequest::new(vec![launch("t-1", &[spot_in("z1")]), launch("t-1", &[spot_in("z1")])]);
    let without = request("t-1", &[]);
    let many =
        LaunchRequest::new((0..51).map(|i| launch(&format!("t-{i}"), &[spot_in("z1")])).collect());
    for bad in [twice, without, many] {
        assert_eq!(cloud.launch(&bad).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    assert!(cloud.all_machines().is_empty());
}

#[tokio::test]
async fn an_asynchronous_launch_is_pending_until_its_time() -> Outcome {
    let clock = clock();
    let cloud = FakeCloud::new(clock.clone(), catalog::teaching())
        .with_asynchronous_launch(Span::seconds(30));
    let launched = cloud.launch(&request("t-1", &[spot_in("z1")])).await?;
    let LaunchOutcome::Pending(pending) = &launched.outcomes[0] else {
        return Err(format!("{launched:?}").into());
    };
    assert_eq!(pending.ask_after, Span::seconds(30));
    assert!(listed(&cloud).await?.is_empty());
    clock.advance(pending.ask_after);
    start(&cloud, "t-1", spot_in("z1")).await?;
    assert_eq!(cloud.all_machines().len(), 1);
    Ok(())
}

#[tokio::test]
async fn lists_lag_and_single_machines_do_not() -> Outcome {
    let clock = clock();
    let cloud =
        FakeCloud::new(clock.clone(), catalog::teaching()).with_listing_lag(Span::seconds(60));
    let machine = start(&cloud, "t-1", spot_in("z1")).await?;
    assert!(listed(&cloud).await?.is_empty());
    assert_eq!(cloud.machine(&MachineRequest::by_id(machine.id.clone())).await?, machine);
    clock.advance(Span::seconds(60));
    assert_eq!(listed(&cloud).await?.len(), 1);
    cloud.terminate(&TerminateRequest::new(vec![machine.id.clone()])).await?;
    assert_eq!(listed(&cloud).await?.len(), 1);
    clock.advance(Span::seconds(60));
    assert!(listed(&cloud).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn machines_boot_and_shut_down_in_their_time() -> Outcome {
    let clock = clock();
    let cloud = FakeCloud::new(clock.clone(), catalog::teaching())
        .with_spans(Span::seconds(40), Span::seconds(20));
    let machine = start(&cloud, "t-1", spot_in("z1")).await?;
    let request = MachineRequest::by_id(machine.id.clone());
    assert_eq!(machine.state, MachineState::Pending);
    clock.advance(Span::seconds(40));
    assert_eq!(cloud.machine(&request).await?.state, MachineState::Running);
    let end = TerminateRequest::new(vec![machine.id]);
    assert_eq!(cloud.terminate(&end).await?.outcomes, [TerminateOutcome::UnderWay]);
    assert_eq!(cloud.machine(&request).await?.state, MachineState::Terminating);
    clock.advance(Span::seconds(20));
    assert_eq!(cloud.terminate(&end).await?.outcomes, [TerminateOutcome::Gone]);
    Ok(())
}

#[tokio::test]
async fn machines_of_others_are_neither_listed_nor_ended() -> Outcome {
    let cloud = cloud();
    let foreign = MachineId::new("fake:///z1/i-foreign");
    cloud.add_foreign_machine(foreign.clone());
    assert!(listed(&cloud).await?.is_empty());
    let error = cloud.machine(&MachineRequest::by_id(foreign.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotOurs);
    let ended =
        cloud.terminate(&TerminateRequest::new(vec![foreign, MachineId::new("nobody")])).await?;
    assert!(matches!(
        ended.outcomes.as_slice(),
        [TerminateOutcome::Failed(error), TerminateOutcome::Gone] if error.kind() == ErrorKind::NotOurs
    ));
    Ok(())
}

#[tokio::test]
async fn pages_name_each_machine_once() -> Outcome {
    let cloud = cloud().with_page_size(2);
    for index in 0..5 {
        start(&cloud, &format!("t-{index}"), spot_in("z1")).await?;
    }
    let mut seen = Vec::new();
    let mut request = MachinesRequest::new();
    loop {
        let page = cloud.machines(&request).await?;
        assert!(page.machines.len() <= 2);
        seen.extend(page.machines.into_iter().map(|machine| machine.id));
        match page.next_page {
            Some(next) => request = MachinesRequest::new().from_page(next),
            None => break,
        }
    }
    let all: Vec<_> = cloud.all_machines().into_iter().map(|machine| machine.id).collect();
    assert_eq!(seen, all);
    let unknown = cloud.machines(&MachinesRequest::new().from_page("?")).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::InvalidRequest);
    Ok(())
}

#[tokio::test]
async fn lists_can_be_of_one_pool() -> Outcome {
    let cloud = cloud();
    start(&cloud, "t-1", spot_in("z1")).await?;
    let other = cloud.machines(&MachinesRequest::new().of_pool("gpu")).await?;
    assert!(other.machines.is_empty());
    let own = cloud.machines(&MachinesRequest::new().of_pool("general")).await?;
    assert_eq!(own.machines.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_machine_says_what_its_node_will_be() -> Outcome {
    let types = catalog::reference_benchmark(4);
    let cloud = FakeCloud::new(clock(), types.clone());
    let mut launch = launch("t-1", &[LaunchOption::new("fake-it-3", "test-zone-1", Spot)]);
    launch.requirements.add(Requirement::equals(label::OS, "linux"));
    launch.labels.insert("team".to_owned(), "web".to_owned());
    let launched = cloud.launch(&LaunchRequest::new(vec![launch])).await?;
    let machine = started(&launched.outcomes[0])?;
    for (key, value) in [
        (label::OS, "linux"),
        (label::INSTANCE_TYPE, "fake-it-3"),
        (label::CAPACITY_TYPE, "spot"),
        (label::ZONE, "test-zone-1"),
        (label::NODE_POOL, "general"),
        ("integer", "4"),
        ("team", "web"),
    ] {
        assert_eq!(machine.labels.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert_eq!(machine.allocatable, types[3].allocatable());
    Ok(())
}

#[tokio::test]
async fn a_planned_lack_of_capacity_is_an_outcome() -> Outcome {
    let plan = FaultPlan::new().on_nth(Operation::Launch, 0, Fault::NoCapacity);
    let cloud = cloud().with_faults(plan);
    let launched = cloud.launch(&request("t-1", &[spot_in("z1"), spot_in("z2")])).await?;
    let LaunchOutcome::Failed(failure) = &launched.outcomes[0] else {
        return Err(format!("{launched:?}").into());
    };
    assert_eq!((failure.error.kind(), failure.exhausted.len()), (ErrorKind::NoCapacity, 2));
    assert!(start(&cloud, "t-1", spot_in("z1")).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_lack_of_capacity_does_not_unlaunch_a_machine() -> Outcome {
    let plan = FaultPlan::new().on_nth(Operation::Launch, 1, Fault::NoCapacity);
    let cloud = cloud().with_faults(plan);
    let first = start(&cloud, "t-1", spot_in("z1")).await?;
    assert_eq!(start(&cloud, "t-1", spot_in("z1")).await?, first);
    Ok(())
}
