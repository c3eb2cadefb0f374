-- as in sqlite/0003.
alter table object drop constraint object_origin_kind_id_key;
create unique index object_key on object (id, kind, origin);
