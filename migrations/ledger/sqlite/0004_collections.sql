-- Origin and kind are written once, in `collection`; a row and each of its index entries hold a number instead of two texts.
create table collection (
    n integer primary key,
    origin text not null,
    kind text not null,
    unique (origin, kind)
) strict;
insert into collection (origin, kind) select distinct origin, kind from object;

-- What refers to objects stands aside meanwhile, for it goes with what it refers to.
create table kept as select n, key, value from object_metadata;
drop table object_metadata;

create table collected (
    n integer primary key,
    collection integer not null,
    id text not null,
    state text not null check (state = 'live' or state = 'deleted' or state = 'gone' or state = 'foreign' or state = 'unknown'),
    source integer not null,
    recorded_at integer not null,
    parent text,
    created_at integer,
    checked_at integer,
    active_at integer,
    deleted_at integer,
    name text,
    assistant text,
    messages integer,
    metadata text,
    provenance text,
    ci_job text,
    request_id text,
    raw text
) strict;
insert into collected
    select o.n, c.n, o.id, o.state, o.source, o.recorded_at, o.parent, o.created_at, o.checked_at, o.active_at, o.deleted_at,
        o.name, o.assistant, o.messages, o.metadata, o.provenance, o.ci_job, o.request_id, o.raw
    from object o cross join collection c where c.origin = o.origin and c.kind = o.kind order by o.n;
drop table object;
alter table collected rename to object;
create unique index object_key on object (id, collection);
-- each row is in one of these two; the rowid that ends every index entry gives the order.
create index object_live on object (collection) where state in ('live', 'unknown');
create index object_dead on object (collection) where state not in ('live', 'unknown');
create index object_of_parent on object (parent, collection) where parent is not null;
create index object_of_assistant on object (assistant) where assistant is not null;
create index object_of_ci_job on object (ci_job) where ci_job is not null;

create table object_metadata (
    n integer not null references object (n) on delete cascade,
    key text not null,
    value text not null,
    primary key (key, value, n)
) strict, without rowid;
create index object_metadata_of_object on object_metadata (n);
insert into object_metadata select n, key, value from kept;
drop table kept;

alter table tally rename to counted;
create table collection_tally (
    collection integer not null,
    state text not null,
    amount integer not null,
    checked_at integer,
    primary key (collection, state)
) strict, without rowid;
insert into collection_tally (collection, state, amount, checked_at)
    select c.n, t.state, t.amount, t.checked_at from counted t join collection c on c.origin = t.origin and c.kind = t.kind;
drop table counted;
create view tally as
    select c.origin, c.kind, t.state, t.amount, t.checked_at from collection c join collection_tally t on t.collection = c.n;

create trigger object_added after insert on object begin
    insert into collection_tally (collection, state, amount, checked_at) values (new.collection, new.state, 1, new.checked_at)
        on conflict (collection, state) do update set amount = amount + 1,
            checked_at = nullif(max(coalesce(checked_at, 0), coalesce(excluded.checked_at, 0)), 0);
end;

create trigger object_changed after update of state, checked_at on object
when old.state is not new.state or old.checked_at is not new.checked_at begin
    update collection_tally set amount = amount - 1 where collection = old.collection and state = old.state;
    insert into collection_tally (collection, state, amount, checked_at) values (new.collection, new.state, 1, new.checked_at)
        on conflict (collection, state) do update set amount = amount + 1,
            checked_at = nullif(max(coalesce(checked_at, 0), coalesce(excluded.checked_at, 0)), 0);
end;

create trigger object_removed after delete on object begin
    update collection_tally set amount = amount - 1 where collection = old.collection and state = old.state;
end;
