//! The order in which the objects of a plan are applied: each after the objects to which it refers.

use super::planned::PlannedObject;
use super::verdict::Action;
use std::collections::HashMap;

/// Groups the objects into waves. An object comes one wave after the last object to which it refers and which changes.
pub(super) fn waves<'a>(objects: &[&'a PlannedObject]) -> Vec<Vec<&'a PlannedObject>> {
    let mut waves: Vec<Vec<&PlannedObject>> = Vec::new();
    let mut changing = HashMap::new();
    // A plan lists its objects by kind, and a kind refers only to kinds before it.
    for object in objects {
        let after = object.references().iter().filter_map(|name| changing.get(name)).max();
        let wave = after.map_or(0, |wave| wave + 1);
        if object.action != Action::Unchanged {
            changing.insert(object.id(), wave);
        }
        if waves.len() <= wave {
            waves.resize(wave + 1, Vec::new());
        }
        waves[wave].push(object);
    }
    waves
}
