-- The files of vector stores. A row is an object vector_store.file, whose ID is that of the file. The counts of vector
-- stores and batches are read from these rows, so that no counter can differ from them.
create table store_file (
    n             integer primary key autoincrement, -- the order of creation; passages have it, so it is never reused
    scope         integer not null,                  -- the number of the vector store, for the index of passages
    store         text    not null,
    file          text    not null,
    batch         text,
    created_at    integer not null,
    status        text    not null,
    usage_bytes   integer not null default 0,
    chunks        integer not null default 0,
    terms         integer not null default 0,        -- the sum of the lengths of its passages
    chunk_size    integer not null default 800,
    overlap       integer not null default 400,
    attributes    text    not null default '{}',
    error_code    text,
    error_message text,
    lease         text,                              -- the process that indexes the file
    lease_until   integer,                           -- in milliseconds
    unique (store, file)
) strict;

create index store_file_in_list on store_file (store, n);
create index store_file_counts on store_file (store, status, usage_bytes, chunks, terms);
create index store_file_of_batch on store_file (batch, n) where batch is not null;
create index store_file_of_file on store_file (file);
create index store_file_to_index on store_file (n) where status = 'in_progress';

-- The passages of completed files, and of those in hidden_item. The number of a passage is that of the row of its file
-- in the upper bits, and its place in the file in the lower 24 bits.
create table passage (
    n         integer primary key,
    start     integer not null,                      -- the offset in the text of the file, in bytes
    length    integer not null,                      -- in terms, for ranking
    tokens    integer not null,
    text      text    not null,
    embedding blob
) strict;

-- The terms of each passage, with one for the vector store that contains it.
create virtual table passage_index using fts5 (terms, content = '', contentless_delete = 1, tokenize = 'ascii');

-- Rows of store_file whose passages no search may find: they are being written, or they will be removed.
create table hidden_item (
    item  integer primary key,
    scope integer not null
) strict;

create index hidden_item_of_scope on hidden_item (scope);

-- Until now, the label of a vector store listed its files.
insert into store_file (scope, store, file, created_at, status)
    select owner.n, owner.id, file.id, unixepoch(), 'in_progress'
    from reference join object as owner on owner.id = reference.owner join object as file on file.id = reference.file
    where owner.kind = 'vector_store' and file.kind = 'file'
    order by owner.n, file.n;

drop trigger reference_made;
drop trigger reference_changed;
drop trigger reference_gone;

delete from reference where owner in (select id from object where kind = 'vector_store');
update object set label = null where kind = 'vector_store';

-- As before, without vector stores.
create trigger reference_made after insert on object
when new.kind in ('assistant', 'thread') and instr(new.doc, '"file_ids"') > 0
begin
    insert or ignore into reference (file, owner)
        select value, new.id from json_each(new.doc, '$.tool_resources.code_interpreter.file_ids');
end;

create trigger reference_changed after update of doc on object when new.kind in ('assistant', 'thread')
begin
    delete from reference where owner = new.id;
    insert or ignore into reference (file, owner)
        select value, new.id from json_each(new.doc, '$.tool_resources.code_interpreter.file_ids');
end;

create trigger reference_gone after delete on object when old.kind in ('assistant', 'thread')
begin
    delete from reference where owner = old.id;
end;
