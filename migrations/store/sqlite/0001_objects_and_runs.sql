-- Every object is its document; the columns beside it are what is searched for.
create table object (
    n          integer primary key autoincrement, -- the order of creation, which is the order of lists
    kind       text    not null,
    id         text    not null unique,
    parent     text    not null,                  -- thread of a message or run, run of a step, else ''
    thread     text,                              -- the thread that it goes with
    label      text,                              -- run of a message, purpose of a file, usage of an open step
    blob       text,                              -- hash of a file's bytes
    expires_at integer,                           -- of files
    version    integer not null default 1,        -- raised by every change, so that none is lost
    doc        text    not null
) strict;

create index object_in_list on object (kind, parent, n);
create index object_of_thread on object (thread) where thread is not null;
create index object_of_blob on object (blob) where blob is not null;
create index object_expiry on object (expires_at) where expires_at is not null;

-- What a run is doing. Its index is the thread lock: one active run a thread.
create table run (
    id                text    primary key,
    thread            text    not null,
    status            text    not null,
    active            integer not null,
    expires_at        integer not null,
    lease             text,                       -- the process that works on it
    lease_until       integer,                    -- in milliseconds
    prompt_tokens     integer not null default 0,
    completion_tokens integer not null default 0
) strict;

create unique index run_lock on run (thread) where active = 1;
create index run_of_thread on run (thread);
create index run_expiry on run (expires_at) where active = 1;

-- Holds the one row that an unmet condition of a batch would repeat, which undoes the batch.
create table assertion (broken integer primary key) strict;
insert into assertion (broken) values (1);

create table identity (id text primary key) strict;
