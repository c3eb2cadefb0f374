-- as in sqlite/0002: one text of the listings serves both.
drop index object_dead_of_origin;
drop index object_dead_of_kind;
create index object_dead_of_origin on object (origin, kind, n) where state not in ('live', 'unknown');
create index object_dead_of_kind on object (kind, n) where state not in ('live', 'unknown');
