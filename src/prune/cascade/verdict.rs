//! The decision about what goes with the objects that are deleted, as a pure function.

use crate::api::Kind;
use std::collections::BTreeSet;

/// An object that may be deleted together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CascadeMember {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: Option<String>,
    /// The reason why it stays, whatever refers to it.
    pub(super) kept: Option<String>,
}

impl CascadeMember {
    /// Returns the name of the object as a referrer.
    pub(super) fn referrer(&self) -> String {
        referrer(self.kind, &self.id)
    }
}

/// Returns the name of an object as a referrer.
pub(super) fn referrer(kind: Kind, id: &str) -> String {
    format!("{kind} {id}")
}

/// Returns for each member the reason why it stays, or `None` if only objects that go refer to it. `going` has the
/// objects that are deleted in any case, and `referrers` returns all objects that refer to an ID.
pub(super) fn stays(
    members: &[CascadeMember],
    going: &BTreeSet<String>,
    referrers: impl Fn(&str) -> BTreeSet<String>,
) -> Vec<Option<String>> {
    let mut going = going.clone();
    let mut reasons = vec![None; members.len()];
    // Files come last, because a vector store that goes does not keep its files.
    for of_files in [false, true] {
        for (member, reason) in members.iter().zip(&mut reasons).filter(|(member, _)| is_file(member) == of_files) {
            let own = member.referrer();
            let others = referrers(&member.id).into_iter().filter(|name| *name != own && !going.contains(name));
            *reason = member.kept.clone().or_else(|| named_by(&others.collect::<Vec<_>>()));
            if reason.is_none() {
                going.insert(own);
            }
        }
    }
    reasons
}

fn is_file(member: &CascadeMember) -> bool {
    member.kind == Kind::File
}

fn named_by(others: &[String]) -> Option<String> {
    match others {
        [] => None,
        [one] => Some(format!("named by {one}")),
        [first, rest @ ..] => Some(format!("named by {first} and {} more", rest.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(kind: Kind, id: &str) -> CascadeMember {
        CascadeMember { kind, id: id.to_owned(), name: None, kept: None }
    }

    #[test]
    fn only_what_objects_that_go_refer_to_goes_with_them() {
        let members = [
            member(Kind::File, "file-both"),
            member(Kind::File, "file-own"),
            member(Kind::File, "file-shared"),
            member(Kind::VectorStore, "vs_own"),
            member(Kind::VectorStore, "vs_shared"),
        ];
        let referrers = |id: &str| {
            let names: &[&str] = match id {
                "vs_own" => &["assistant asst_1", "vector_store vs_own"],
                "vs_shared" => &["assistant asst_1", "assistant asst_2", "thread thread_1"],
                "file-own" => &["vector_store vs_own"],
                "file-both" => &["vector_store vs_own", "vector_store vs_shared"],
                _ => &["vector_store vs_shared"],
            };
            names.iter().map(|name| (*name).to_owned()).collect()
        };
        let going = ["assistant asst_1".to_owned()].into();
        let by_shared = Some("named by vector_store vs_shared".to_owned());
        let by_others = Some("named by assistant asst_2 and 1 more".to_owned());
        assert_eq!(stays(&members, &going, referrers), [by_shared.clone(), None, by_shared, None, by_others]);
    }

    #[test]
    fn a_file_in_a_store_that_stays_for_another_reason_stays() {
        let kept = CascadeMember { kept: Some("it is precious".to_owned()), ..member(Kind::VectorStore, "vs_1") };
        let members = [kept, member(Kind::File, "file-1")];
        let referrers =
            |id: &str| if id == "file-1" { ["vector_store vs_1".to_owned()].into() } else { BTreeSet::new() };
        let reasons = stays(&members, &BTreeSet::new(), referrers);
        assert_eq!(reasons[1].as_deref(), Some("named by vector_store vs_1"));
    }
}
