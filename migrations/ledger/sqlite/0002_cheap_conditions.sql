-- A list of three or more makes SQLite build a table for it whenever a row is written. These say the same without.
drop index object_dead_of_origin;
drop index object_dead_of_kind;
create index object_dead_of_origin on object (origin, kind) where state not in ('live', 'unknown');
create index object_dead_of_kind on object (kind) where state not in ('live', 'unknown');

-- What is stored stays as it is, so that the tables need not be made anew (https://sqlite.org/lang_altertable.html, 7).
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, 'state in (''live'', ''deleted'', ''gone'', ''foreign'', ''unknown'')',
    'state = ''live'' or state = ''deleted'' or state = ''gone'' or state = ''foreign'' or state = ''unknown''')
    where name = 'object';
update sqlite_schema set sql = replace(sql, 'outcome in (''recorded'', ''refused'', ''nothing'')',
    'outcome = ''recorded'' or outcome = ''refused'' or outcome = ''nothing''')
    where name = 'intent';
pragma writable_schema = reset;
