//! The decision which members of a cascade are kept, as a pure function.

use crate::api::Kind;
use std::collections::BTreeSet;

/// A vector store or file that may be deleted together with the roots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CascadeMember {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: Option<String>,
    /// The reason why the object is kept even if nothing refers to it.
    pub(super) kept: Option<String>,
}

impl CascadeMember {
    /// Returns the name of the object, in the form in which references name it.
    pub(super) fn reference_name(&self) -> String {
        reference_name(self.kind, &self.id)
    }
}

/// Returns the name of an object, in the form in which references name it: its kind and ID.
pub(super) fn reference_name(kind: Kind, id: &str) -> String {
    format!("{kind} {id}")
}

/// Returns for each member the reason to keep it, or `None` if only objects that are deleted refer to it.
///
/// `deleted` has the names of the roots, and `referrers` returns the names of all objects that refer to an ID.
pub(super) fn reasons_to_keep(
    members: &[CascadeMember],
    deleted: &BTreeSet<String>,
    referrers: impl Fn(&str) -> BTreeSet<String>,
) -> Vec<Option<String>> {
    let mut deleted = deleted.clone();
    let mut reasons = vec![None; members.len()];
    // The vector stores are decided first, because a vector store that is deleted does not keep its files.
    for of_files in [false, true] {
        for (member, reason) in members.iter().zip(&mut reasons).filter(|(member, _)| is_file(member) == of_files) {
            let own_name = member.reference_name();
            let others = referrers(&member.id).into_iter().filter(|name| *name != own_name && !deleted.contains(name));
            *reason = member.kept.clone().or_else(|| named_by(&others.collect::<Vec<_>>()));
            if reason.is_none() {
                deleted.insert(own_name);
            }
        }
    }
    reasons
}

fn is_file(member: &CascadeMember) -> bool {
    member.kind == Kind::File
}

/// Returns the reason to keep an object that these objects name.
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
    fn members_are_deleted_only_if_deleted_objects_alone_refer_to_them() {
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
        let deleted = ["assistant asst_1".to_owned()].into();
        let by_shared = Some("named by vector_store vs_shared".to_owned());
        let by_others = Some("named by assistant asst_2 and 1 more".to_owned());
        assert_eq!(
            reasons_to_keep(&members, &deleted, referrers),
            [by_shared.clone(), None, by_shared, None, by_others]
        );
    }

    #[test]
    fn a_file_in_a_kept_vector_store_is_kept() {
        let kept = CascadeMember { kept: Some("it is precious".to_owned()), ..member(Kind::VectorStore, "vs_1") };
        let members = [kept, member(Kind::File, "file-1")];
        let referrers =
            |id: &str| if id == "file-1" { ["vector_store vs_1".to_owned()].into() } else { BTreeSet::new() };
        let reasons = reasons_to_keep(&members, &BTreeSet::new(), referrers);
        assert_eq!(reasons[1].as_deref(), Some("named by vector_store vs_1"));
    }
}
