-- As in sqlite/0004.
create table store_file (
    n             bigint generated always as identity primary key,
    scope         bigint not null,                   -- the number of the vector store, for the index of passages
    store         text collate "C" not null,
    file          text collate "C" not null,
    batch         text collate "C",
    created_at    bigint not null,
    status        text collate "C" not null,
    usage_bytes   bigint not null default 0,
    chunks        bigint not null default 0,
    terms         bigint not null default 0,         -- the sum of the lengths of its passages
    chunk_size    bigint not null default 800,
    overlap       bigint not null default 400,
    attributes    text not null default '{}',
    error_code    text,
    error_message text,
    lease         text collate "C",                  -- the process that indexes the file
    lease_until   bigint,                            -- in milliseconds
    unique (store, file)
);

create index store_file_in_list on store_file (store, n);
create index store_file_counts on store_file (store, status, usage_bytes, chunks, terms);
create index store_file_of_batch on store_file (batch, n) where batch is not null;
create index store_file_of_file on store_file (file);
create index store_file_to_index on store_file (n) where status = 'in_progress';

create table passage (
    n         bigint primary key,
    start     bigint not null,                       -- the offset in the text of the file, in bytes
    length    bigint not null,                       -- in terms, for ranking
    tokens    bigint not null,
    text      text not null,
    embedding bytea,
    terms     tsvector not null                      -- with one lexeme for the vector store that contains the passage
);

create index passage_terms on passage using gin (terms);

create table hidden_item (
    item  bigint primary key,
    scope bigint not null
);

create index hidden_item_of_scope on hidden_item (scope);

insert into store_file (scope, store, file, created_at, status)
    select owner.n, owner.id, file.id, cast(extract(epoch from now()) as bigint), 'in_progress'
    from reference join object as owner on owner.id = reference.owner join object as file on file.id = reference.file
    where owner.kind = 'vector_store' and file.kind = 'file'
    order by owner.n, file.n;

delete from reference where owner in (select id from object where kind = 'vector_store');
update object set label = null where kind = 'vector_store';
