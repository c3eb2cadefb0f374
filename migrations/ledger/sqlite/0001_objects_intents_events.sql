-- times are unix seconds; `n` is the order of recording, by which listings walk.
-- source: 10 scanned, 20 imported, 30 listed, 40 met, 50 recorded, 60 created; it only grows.
create table object (
    n integer primary key,
    origin text not null,
    kind text not null,
    id text not null,
    parent text,
    state text not null check (state in ('live', 'deleted', 'gone', 'foreign', 'unknown')),
    created_at integer,
    recorded_at integer not null,
    checked_at integer,
    active_at integer,
    deleted_at integer,
    name text,
    assistant text,
    messages integer,
    metadata text,
    source integer not null,
    provenance text,
    ci_job text,
    request_id text,
    raw text,
    unique (origin, kind, id)
) strict;

-- each row is in two of these four; the rowid that ends every index entry gives the order.
create index object_live_of_origin on object (origin, kind) where state in ('live', 'unknown');
create index object_live_of_kind on object (kind) where state in ('live', 'unknown');
create index object_dead_of_origin on object (origin, kind) where state in ('deleted', 'gone', 'foreign');
create index object_dead_of_kind on object (kind) where state in ('deleted', 'gone', 'foreign');
create index object_of_parent on object (parent, kind) where parent is not null;
create index object_of_assistant on object (assistant) where assistant is not null;
create index object_of_ci_job on object (ci_job) where ci_job is not null;

-- only rows that have metadata are here; `object.metadata` is the same as JSON, for showing.
create table object_metadata (
    n integer not null references object (n) on delete cascade,
    key text not null,
    value text not null,
    primary key (key, value, n)
) strict, without rowid;
create index object_metadata_of_object on object_metadata (n);

create table tally (
    origin text not null,
    kind text not null,
    state text not null,
    amount integer not null,
    checked_at integer,
    primary key (origin, kind, state)
) strict, without rowid;

create trigger object_added after insert on object begin
    insert into tally (origin, kind, state, amount, checked_at)
        values (new.origin, new.kind, new.state, 1, new.checked_at)
        on conflict (origin, kind, state) do update set amount = amount + 1,
            checked_at = nullif(max(coalesce(checked_at, 0), coalesce(excluded.checked_at, 0)), 0);
end;

create trigger object_changed after update of state, checked_at on object
when old.state is not new.state or old.checked_at is not new.checked_at begin
    update tally set amount = amount - 1 where origin = old.origin and kind = old.kind and state = old.state;
    insert into tally (origin, kind, state, amount, checked_at)
        values (new.origin, new.kind, new.state, 1, new.checked_at)
        on conflict (origin, kind, state) do update set amount = amount + 1,
            checked_at = nullif(max(coalesce(checked_at, 0), coalesce(excluded.checked_at, 0)), 0);
end;

create trigger object_removed after delete on object begin
    update tally set amount = amount - 1 where origin = old.origin and kind = old.kind and state = old.state;
end;

-- a settlement may arrive before its intent (which waited in a spill): then all but id and outcome is null.
create table intent (
    id text primary key,
    origin text,
    kind text,
    opened_at integer,
    provenance text,
    what text,
    mark integer,
    outcome text check (outcome in ('recorded', 'refused', 'nothing')),
    settled_at integer
) strict;
create index intent_open on intent (opened_at) where outcome is null;

create table intent_object (
    id text not null,
    intent text not null,
    primary key (id, intent)
) strict, without rowid;
create index intent_object_of_intent on intent_object (intent);

create table event (
    n integer primary key,
    origin text not null,
    kind text not null,
    id text not null,
    verb text not null,
    at integer not null,
    provenance text,
    request_id text
) strict;
create index event_of_object on event (id, kind, origin);

-- how much of each spill is in; it outlives a crash between taking a spill in and removing its file.
create table spill (
    name text primary key,
    length integer not null
) strict;
