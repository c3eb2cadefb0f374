-- Most objects name no file, and to look into their documents for one costs more than to store them.
drop trigger reference_made;
create trigger reference_made after insert on object
when new.kind in ('assistant', 'thread') and instr(new.doc, '"file_ids"') > 0 or new.kind = 'vector_store'
begin
    insert or ignore into reference (file, owner)
        select value, new.id from json_each(new.doc, '$.tool_resources.code_interpreter.file_ids')
        union select value, new.id from json_each(case new.kind when 'vector_store' then new.label end);
end;
