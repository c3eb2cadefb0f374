-- The key begins with what tells rows apart, so that to find a place in it compares one text and not three. As an index with
-- a name it can be built after the rows. What is stored stays as it is (https://sqlite.org/lang_altertable.html, 7): the
-- index of the old constraint becomes one like any other, and goes.
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, ',
    unique (origin, kind, id)', '') where type = 'table' and name = 'object';
update sqlite_schema set name = 'object_old_key', sql = 'create unique index object_old_key on object (origin, kind, id)'
    where type = 'index' and tbl_name = 'object' and sql is null;
pragma writable_schema = reset;
drop index object_old_key;
create unique index object_key on object (id, kind, origin);
