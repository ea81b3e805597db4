//! The fake cluster keeps the contract of a cluster, and is as weak as it is told to be.

use karp_core::{
    backend::{
        ClaimUpdate, ClusterState, CreateClaimRequest, DeleteClaimRequest, DeleteNodeRequest,
        ErrorKind, EvictRequest, Evicted, NodeUpdate, ReadRequest, UpdateClaimRequest,
        UpdateNodeRequest,
    },
    model::{
        Effect, LabelSelector, Node, NodeClaim, NodePoolName, ObjectId, Pod, PodDisruptionBudget,
        Span, Taint, Timestamp, Uid,
    },
};
use karp_fake::{FakeClock, FakeCluster, Fault, FaultPlan, Operation};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn clock() -> FakeClock {
    FakeClock::new(Timestamp::EPOCH)
}

fn claim(name: &str) -> CreateClaimRequest {
    CreateClaimRequest::new(NodeClaim::new(name, &NodePoolName::from("general")))
}

fn any() -> Uid {
    Uid::new("")
}

fn web(name: &str) -> Pod {
    Pod::new(name).label("app", "web").bound_to("n-1")
}

fn budget(name: &str, allowed: i32) -> PodDisruptionBudget {
    let mut budget = PodDisruptionBudget::new(ObjectId::new("default", name));
    budget.selector = Some(LabelSelector::label("app", "web"));
    budget.disruptions_allowed = allowed;
    budget
}

fn evict(pod: &str) -> EvictRequest {
    EvictRequest::new(ObjectId::new("default", pod), any())
}

#[tokio::test]
async fn reads_lag_but_not_behind_what_is_asked_for() -> Outcome {
    let cluster = FakeCluster::new(clock()).with_read_lag(2);
    let first = cluster.edit(|objects| objects.pods.push(Pod::new("a").into()));
    let second = cluster.edit(|objects| objects.pods.push(Pod::new("b").into()));
    assert!(first < second);
    let count = |request: ReadRequest| {
        let cluster = cluster.clone();
        async move { cluster.read(&request).await.map(|objects| objects.pods.len()) }
    };
    assert_eq!(count(ReadRequest::new()).await?, 0);
    assert_eq!(count(ReadRequest::not_before(first)).await?, 1);
    assert_eq!(count(ReadRequest::not_before(second)).await?, 2);
    let error = count(ReadRequest::not_before(second + 1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(cluster.objects().pods.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_claim_is_created_once() -> Outcome {
    let clock = clock();
    clock.advance(Span::hours(1));
    let cluster = FakeCluster::new(clock);
    let written = cluster.create_claim(&claim("general-1")).await?;
    let error = cluster.create_claim(&claim("general-1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let objects = cluster.read(&ReadRequest::not_before(written.revision)).await?;
    assert_eq!(objects.node_claims.len(), 1);
    assert!(!objects.node_claims[0].uid.is_empty());
    assert_eq!(objects.node_claims[0].created_at, Timestamp::EPOCH + Span::hours(1));
    Ok(())
}

#[tokio::test]
async fn a_deleted_claim_stays_until_it_is_released() -> Outcome {
    let clock = clock();
    let cluster = FakeCluster::new(clock.clone());
    cluster.create_claim(&claim("general-1")).await?;
    let release = UpdateClaimRequest::new("general-1", any(), ClaimUpdate::new().released());
    cluster.update_claim(&release).await?;
    assert_eq!(cluster.objects().node_claims.len(), 1);
    let delete = DeleteClaimRequest::new("general-1", any());
    cluster.delete_claim(&delete).await?;
    clock.advance(Span::minutes(1));
    cluster.delete_claim(&delete).await?;
    let marked = cluster.objects().node_claims[0].deleting_since;
    assert_eq!(marked, Some(Timestamp::EPOCH));
    cluster.update_claim(&release).await?;
    assert!(cluster.objects().node_claims.is_empty());
    let error = cluster.delete_claim(&delete).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    Ok(())
}

#[tokio::test]
async fn a_write_to_another_object_of_the_same_name_is_a_conflict() -> Outcome {
    let cluster = FakeCluster::new(clock());
    cluster.create_claim(&claim("general-1")).await?;
    let update = ClaimUpdate::new().annotation("seen", "yes");
    let stale = UpdateClaimRequest::new("general-1", Uid::new("of-yesterday"), update);
    assert_eq!(cluster.update_claim(&stale).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(cluster.objects().node_claims[0].annotations.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_node_update_changes_what_it_names_and_repeats_without_effect() -> Outcome {
    let cluster = FakeCluster::new(clock());
    let kept = Taint::new("team", Effect::NoSchedule).with_value("web");
    let old = Taint::new("karpenter.sh/disrupted", Effect::NoSchedule);
    cluster.edit(|objects| {
        objects.nodes.push(Node::new("n-1").taint(kept.clone()).taint(old.clone()).into());
    });
    let added = Taint::new("example/maintenance", Effect::NoExecute).with_value("now");
    let update =
        NodeUpdate::new().taint(added.clone()).without_taint(old).label("seen", "yes").cordoned();
    let request = UpdateNodeRequest::new("n-1", any(), update);
    cluster.update_node(&request).await?;
    let once = (*cluster.objects().nodes[0]).clone();
    assert_eq!(once.taints, [kept, added]);
    assert!(once.unschedulable);
    cluster.update_node(&request).await?;
    assert_eq!(*cluster.objects().nodes[0], once);
    cluster.delete_node(&DeleteNodeRequest::new("n-1", any())).await?;
    let release = UpdateNodeRequest::new("n-1", any(), NodeUpdate::new().released());
    cluster.update_node(&release).await?;
    assert!(cluster.objects().nodes.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_evicted_pod_goes_when_its_grace_period_is_over() -> Outcome {
    let clock = clock();
    let cluster = FakeCluster::new(clock.clone());
    cluster.edit(|objects| objects.pods.push(web("web-0").into()));
    assert_eq!(cluster.evict(&evict("web-0").within(Span::seconds(10))).await?, Evicted::Accepted);
    clock.advance(Span::seconds(9));
    assert_eq!(cluster.objects().pods[0].status.deleting_since, Some(Timestamp::EPOCH));
    clock.advance(Span::seconds(1));
    assert!(cluster.read(&ReadRequest::new()).await?.pods.is_empty());
    assert_eq!(cluster.evict(&evict("web-0")).await?, Evicted::Gone);
    Ok(())
}

#[tokio::test]
async fn a_budget_is_spent_and_then_blocks() -> Outcome {
    let cluster = FakeCluster::new(clock());
    cluster.edit(|objects| {
        objects.pods.extend(["web-0", "web-1"].map(|name| web(name).into()));
        objects.pod_disruption_budgets.push(budget("web", 1).into());
    });
    assert_eq!(cluster.evict(&evict("web-0")).await?, Evicted::Accepted);
    let blocked = Evicted::Blocked { budgets: vec![ObjectId::new("default", "web")] };
    assert_eq!(cluster.evict(&evict("web-1")).await?, blocked);
    // The first one is stopping already and costs nothing more.
    assert_eq!(cluster.evict(&evict("web-0")).await?, Evicted::Accepted);
    assert_eq!(cluster.evict(&evict("web-1").passing_budgets()).await?, Evicted::Accepted);
    Ok(())
}

#[tokio::test]
async fn several_budgets_block_however_much_they_allow() -> Outcome {
    let cluster = FakeCluster::new(clock());
    cluster.edit(|objects| {
        objects.pods.push(web("web-0").into());
        objects.pod_disruption_budgets.extend([budget("a", 5).into(), budget("b", 5).into()]);
    });
    let Evicted::Blocked { budgets } = cluster.evict(&evict("web-0")).await? else {
        return Err("evicted".into());
    };
    assert_eq!(budgets.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_lost_reply_still_writes() -> Outcome {
    let lost = Fault::LoseReply(ErrorKind::Timeout);
    let cluster = FakeCluster::new(clock()).with_faults(FaultPlan::new().on_nth(
        Operation::CreateClaim,
        0,
        lost,
    ));
    assert!(cluster.create_claim(&claim("general-1")).await.is_err());
    let again = cluster.create_claim(&claim("general-1")).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert_eq!(cluster.calls(Operation::CreateClaim), 2);
    Ok(())
}
