-- Which files are named by assistants, threads and vector stores, so that a file that goes is taken out there.
create table reference (
    file  text not null,
    owner text not null,
    primary key (file, owner)
) strict, without rowid;

create index reference_of_owner on reference (owner);

-- A vector store has its files in the label.
create trigger reference_made after insert on object when new.kind in ('assistant', 'thread', 'vector_store')
begin
    insert or ignore into reference (file, owner)
        select value, new.id from json_each(new.doc, '$.tool_resources.code_interpreter.file_ids')
        union select value, new.id from json_each(case new.kind when 'vector_store' then new.label end);
end;

create trigger reference_changed after update of doc, label on object
when new.kind in ('assistant', 'thread', 'vector_store')
begin
    delete from reference where owner = new.id;
    insert or ignore into reference (file, owner)
        select value, new.id from json_each(new.doc, '$.tool_resources.code_interpreter.file_ids')
        union select value, new.id from json_each(case new.kind when 'vector_store' then new.label end);
end;

create trigger reference_gone after delete on object when old.kind in ('assistant', 'thread', 'vector_store')
begin
    delete from reference where owner = old.id;
end;

insert or ignore into reference (file, owner)
    select file.value, owner.id
    from object as owner, json_each(owner.doc, '$.tool_resources.code_interpreter.file_ids') as file
    where owner.kind in ('assistant', 'thread')
    union select file.value, owner.id
    from object as owner, json_each(case owner.kind when 'vector_store' then owner.label end) as file;

-- Messages of a run, files of a purpose.
create index object_with_label on object (kind, parent, label, n) where label is not null;
