-- As in sqlite/0001 to 0003; `collate "C"` gives the byte order that SQLite has.
create table object (
    n          bigint generated always as identity primary key, -- the order of creation, which is the order of lists
    kind       text collate "C" not null,
    id         text collate "C" not null unique,
    parent     text collate "C" not null,         -- thread of a message or run, run of a step, else ''
    thread     text collate "C",                  -- the thread that it goes with
    label      text collate "C",                  -- run of a message, purpose of a file, usage of an open step
    blob       text collate "C",                  -- where a file's bytes are
    expires_at bigint,                            -- of files
    version    bigint not null default 1,         -- raised by every change, so that none is lost
    doc        text not null
);

create index object_in_list on object (kind, parent, n);
create index object_with_label on object (kind, parent, label, n) where label is not null;
create index object_of_thread on object (thread) where thread is not null;
create index object_expiry on object (expires_at) where expires_at is not null;

-- What a run is doing. Its index is the thread lock: one active run a thread.
create table run (
    id                text collate "C" primary key,
    thread            text collate "C" not null,
    status            text collate "C" not null,
    active            bigint not null,
    expires_at        bigint not null,
    lease             text collate "C",           -- the process that works on it
    lease_until       bigint,                     -- in milliseconds
    prompt_tokens     bigint not null default 0,
    completion_tokens bigint not null default 0
);

create unique index run_lock on run (thread) where active = 1;
create index run_of_thread on run (thread);
create index run_expiry on run (expires_at) where active = 1;

-- Holds the one row that an unmet condition of a batch would repeat, which undoes the batch.
create table assertion (broken bigint primary key);
insert into assertion (broken) values (1);

-- One row, whichever of many servers comes first.
create table identity (id text collate "C" not null, number bigint primary key default 1 check (number = 1));

-- Which files are named by assistants, threads and vector stores. Whoever changes those writes it down: to look into
-- documents here would fail where a text holds what JSON may hold and PostgreSQL not.
create table reference (
    file  text collate "C" not null,
    owner text collate "C" not null references object (id) on delete cascade,
    primary key (file, owner)
);
create index reference_of_owner on reference (owner);

-- The bytes of files, in pieces, so that every server can read them. They do not get smaller: most are compressed already,
-- and a piece is read as a whole.
create table chunk (
    blob  text collate "C" not null,
    n     bigint not null,
    bytes bytea not null,
    primary key (blob, n)
);
alter table chunk alter column bytes set storage external;

-- Bytes whose file does not exist yet; those of old ones never will.
create table upload (
    blob     text collate "C" primary key,
    began_at bigint not null
);
