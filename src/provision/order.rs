//! The order in which the objects of a plan are applied: each after the objects to which it refers.

use super::planned::PlannedObject;
use super::verdict::Action;
use std::collections::HashMap;

/// Returns the objects in waves. Each object is in the first wave that comes after the objects to which it refers, as far
/// as these change.
pub(super) fn waves<'a>(objects: &[&'a PlannedObject]) -> Vec<Vec<&'a PlannedObject>> {
    let mut waves: Vec<Vec<&PlannedObject>> = Vec::new();
    let mut changing = HashMap::new();
    // The order of a plan is that of the kinds, and a kind refers only to kinds before it.
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
