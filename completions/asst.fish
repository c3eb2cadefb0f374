# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_asst_global_optspecs
    string join \n p/profile= local local-model= no-drain o/output= jq= columns= header crlf q/quiet color= trace= ledger= no-ledger require-ledger request-timeout= retries= max-wait= concurrency= y/yes dry-run= any-id h/help V/version
end

function __fish_asst_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_asst_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_asst_using_subcommand
    set -l cmd (__fish_asst_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c asst -n "__fish_asst_needs_command" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_needs_command" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_needs_command" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_needs_command" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_needs_command" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_needs_command" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_needs_command" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_needs_command" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_needs_command" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_needs_command" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_needs_command" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_needs_command" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_needs_command" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_needs_command" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_needs_command" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_needs_command" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_needs_command" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_needs_command" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_needs_command" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_needs_command" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_needs_command" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_needs_command" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_needs_command" -s V -l version -d 'Print version'
complete -c asst -n "__fish_asst_needs_command" -f -a "assistants" -d 'Manage assistants'
complete -c asst -n "__fish_asst_needs_command" -f -a "threads" -d 'Manage threads, and list them from the ledger'
complete -c asst -n "__fish_asst_needs_command" -f -a "messages" -d 'Manage the messages of a thread'
complete -c asst -n "__fish_asst_needs_command" -f -a "runs" -d 'Manage the runs of a thread'
complete -c asst -n "__fish_asst_needs_command" -f -a "steps" -d 'Show the steps of a run'
complete -c asst -n "__fish_asst_needs_command" -f -a "files" -d 'Manage files'
complete -c asst -n "__fish_asst_needs_command" -f -a "vector-stores" -d 'Manage vector stores, which index files for searches'
complete -c asst -n "__fish_asst_needs_command" -f -a "uploads" -d 'Upload large files in parts'
complete -c asst -n "__fish_asst_needs_command" -f -a "conversations" -d 'Manage conversations'
complete -c asst -n "__fish_asst_needs_command" -f -a "graph" -d 'Show the references between assistants, threads, vector stores, and files'
complete -c asst -n "__fish_asst_needs_command" -f -a "ledger" -d 'Manage the ledger of IDs'
complete -c asst -n "__fish_asst_needs_command" -f -a "record" -d 'Run a program and record the objects that it creates and deletes'
complete -c asst -n "__fish_asst_needs_command" -f -a "export" -d 'Export threads, conversations, vector stores, assistants, files and uploads into a folder'
complete -c asst -n "__fish_asst_needs_command" -f -a "restore" -d 'Create the threads and conversations of an archive at another backend'
complete -c asst -n "__fish_asst_needs_command" -f -a "manifest" -d 'Check and write manifests, from which files, vector stores and assistants are provisioned'
complete -c asst -n "__fish_asst_needs_command" -f -a "plan" -d 'Show the differences between a backend and a manifest'
complete -c asst -n "__fish_asst_needs_command" -f -a "diff" -d 'Show the differences between two objects, or between an object and the manifest'
complete -c asst -n "__fish_asst_needs_command" -f -a "apply" -d 'Change a backend until it matches a manifest'
complete -c asst -n "__fish_asst_needs_command" -f -a "pull" -d 'Write a manifest from the objects of a backend'
complete -c asst -n "__fish_asst_needs_command" -f -a "destroy" -d 'Delete the objects that a manifest provisioned'
complete -c asst -n "__fish_asst_needs_command" -f -a "api" -d 'Send any request'
complete -c asst -n "__fish_asst_needs_command" -f -a "serve" -d 'Run the embedded server'
complete -c asst -n "__fish_asst_needs_command" -f -a "profiles" -d 'Manage profiles, the configured backends'
complete -c asst -n "__fish_asst_needs_command" -f -a "demo" -d 'Show the main features on the embedded server'
complete -c asst -n "__fish_asst_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c asst -n "__fish_asst_needs_command" -f -a "man" -d 'Write the manual pages into a folder'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -f -a "list" -d 'List assistants'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -f -a "create" -d 'Create an assistant'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -f -a "get" -d 'Show assistants'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -f -a "update" -d 'Update an assistant'
complete -c asst -n "__fish_asst_using_subcommand assistants; and not __fish_seen_subcommand_from list create get update delete" -f -a "delete" -d 'Delete assistants (their threads and files remain)'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 100 [default: 100]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l before -d 'Stop before the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l model -d 'Model to use (on Azure: the deployment name)' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l name -d 'Name of the assistant, at most 256 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l description -d 'Description of the assistant, at most 512 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l instructions -d 'Instructions for the model, at most 256000 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l instructions-file -d 'Read the instructions from a file' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l reasoning-effort -d 'Reasoning effort of the model: none, minimal, low, medium, high, xhigh, max' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l tool -d 'Tool to enable: code_interpreter, file_search, JSON or @path (repeatable); an update replaces all tools' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l tool-resources -d 'Files and vector stores for the tools' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16); an update replaces all pairs' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l temperature -d 'Sampling temperature, 0 to 2' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l top-p -d 'Nucleus sampling probability, 0 to 1' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l response-format -d 'Response format: auto, text, json_object, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l model -d 'Model to use (on Azure: the deployment name)' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l name -d 'Name of the assistant, at most 256 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l description -d 'Description of the assistant, at most 512 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l instructions -d 'Instructions for the model, at most 256000 characters' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l instructions-file -d 'Read the instructions from a file' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l reasoning-effort -d 'Reasoning effort of the model: none, minimal, low, medium, high, xhigh, max' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l tool -d 'Tool to enable: code_interpreter, file_search, JSON or @path (repeatable); an update replaces all tools' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l tool-resources -d 'Files and vector stores for the tools' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); an update replaces all pairs' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l temperature -d 'Sampling temperature, 0 to 2' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l top-p -d 'Nucleus sampling probability, 0 to 1' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l response-format -d 'Response format: auto, text, json_object, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l without -d 'With --cascade, skip a part of the reference graph that this backend does not have (repeatable)' -r -f -a "assistants\t'Assistants and their tool resources'
threads\t'Threads with their runs and messages'
steps\t'The steps of runs'
vector-stores\t'Vector stores and their files'
conversations\t'Conversations and their items'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l cascade -d 'Also delete the vector stores and files that nothing else refers to; asks once, with the number of objects'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand assistants; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "list" -d 'List the threads in the ledger'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "create" -d 'Create a thread'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "get" -d 'Show threads'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "update" -d 'Change a thread\'s metadata or tool resources'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "delete" -d 'Delete threads with their messages and runs'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "prune" -d 'Delete unused threads, after checking each at the backend'
complete -c asst -n "__fish_asst_using_subcommand threads; and not __fish_seen_subcommand_from list create get update delete prune create-and-run" -f -a "create-and-run" -d 'Create a thread and run an assistant on it'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l limit -d 'List at most N threads [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l remote -d 'List the threads of the backend, if it can (Azure AI Foundry, the embedded server), and record them'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l orphaned -d 'Only threads that the ledger shows as unused: all their runs are of deleted assistants, or they have neither messages nor runs and have been idle for 30 days'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l message -d 'First message, with role user (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l message-json -d 'Complete first message, placed after those of --message (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l tool-resources -d 'Files and vector stores for the tools' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l tool-resources -d 'Files and vector stores for the tools' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); replaces all existing pairs' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l without -d 'With --cascade, skip a part of the reference graph that this backend does not have (repeatable)' -r -f -a "assistants\t'Assistants and their tool resources'
threads\t'Threads with their runs and messages'
steps\t'The steps of runs'
vector-stores\t'Vector stores and their files'
conversations\t'Conversations and their items'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l cascade -d 'Also delete the vector stores and files that nothing else refers to; asks once, with the number of objects'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l backup -d 'Export each thread to DIR before it is deleted' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l policy -d 'Take rules and holds from a retention file' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l grace -d 'Keep objects created or used more recently than DURATION, by any client [default: 30d]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l max -d 'Prune at most N objects' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l source -d 'Only objects with this source in the ledger [default: created and recorded]' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named in a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'
any\t'Any of these sources'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l orphaned -d 'Select all threads that are proven orphaned (no other filter needed)'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l empty -d 'Only threads without messages and runs'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l any-assistant -d 'Include threads whose assistants still exist; the other filters and the grace period then decide'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l cancel-runs -d 'Cancel runs that have been active for longer than the grace period, instead of keeping their threads'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l assistant-id -d 'ID of the assistant to run' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l thread -d 'The complete thread; the other --thread flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l thread-message -d 'First message of the thread, with role user (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l thread-message-json -d 'Complete first message of the thread (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l thread-metadata -d 'Metadata pair of the thread (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l thread-tool-resources -d 'Files and vector stores for the tools of the thread' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l tool-resources -d 'Files and vector stores for the tools of the run' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l model -d 'Override the assistant\'s model' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l instructions -d 'Override the assistant\'s instructions' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l instructions-file -d 'Read the instructions from a file' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l tool -d 'Override the assistant\'s tools: code_interpreter, file_search, JSON or @path (repeatable, at most 20)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l temperature -d 'Sampling temperature, 0 to 2' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l top-p -d 'Nucleus sampling probability, 0 to 1' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l max-prompt-tokens -d 'Maximum number of prompt tokens for the whole run, at least 256' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l max-completion-tokens -d 'Maximum number of completion tokens for the whole run, at least 256' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l truncation-strategy -d 'Truncation of the thread before the run: auto, last_messages:N, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l tool-choice -d 'Tool choice: none, auto, required, function:NAME, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l parallel-tool-calls -d 'Allow several function calls at once: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l response-format -d 'Response format: auto, text, json_object, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l stream -d 'Stream the run: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l timeout -d 'Wait at most DURATION in all, such as 90s; after that, the run continues (exit code 25)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l handler -d 'Answer the calls of function NAME with PROGRAM until the run ends (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l handlers -d 'Answer calls with the executable files in DIR, each with the name of its function' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l handler-timeout -d 'Allow at most DURATION per call, such as 90s [default: 60s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l on-handler-error -d 'Set the action for a call that cannot be answered [default: submit]' -r -f -a "submit\t'Submit a text with the error as the output'
cancel\t'Cancel the run'
fail\t'Leave the run waiting'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l handler-log -d 'Append each call and its output to FILE, as JSON Lines' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l handler-replay -d 'Answer calls from FILE, a log of --handler-log, instead of running programs' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l wait -d 'Wait until the run ends, and show its answer'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l cancel-on-interrupt -d 'Cancel the run on Ctrl-C or SIGTERM without asking'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand threads; and __fish_seen_subcommand_from create-and-run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -f -a "list" -d 'List the messages of a thread'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -f -a "create" -d 'Add a message to a thread'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -f -a "get" -d 'Show messages of a thread'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -f -a "update" -d 'Update the metadata of a message'
complete -c asst -n "__fish_asst_using_subcommand messages; and not __fish_seen_subcommand_from list create get update delete" -f -a "delete" -d 'Delete messages of a thread'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l run-id -d 'Only messages that this run created' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 100 [default: 100]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l before -d 'Stop before the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l role -d 'Role of the author: user, assistant [default: user]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l content -d 'Text of the message' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l content-file -d 'Read the text of the message from a file' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l image-file -d 'Add an image: ID of an uploaded file with purpose vision (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l image-url -d 'Add an image: URL of a png, jpeg, gif or webp (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l content-part -d 'Add a complete content part (repeatable); parts come after text, image files and image URLs' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l attachment -d 'Attach a file for tools: FILE_ID=file_search, FILE_ID=code_interpreter, JSON or @path (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); replaces all existing pairs' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand messages; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "list" -d 'List the runs of a thread'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "create" -d 'Run an assistant on a thread'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "get" -d 'Show runs of a thread'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "update" -d 'Update the metadata of a run'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "cancel" -d 'Cancel a run'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "prune" -d 'Cancel stuck runs, each verified at the backend'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "submit-tool-outputs" -d 'Submit the outputs of all tool calls that a run waits for'
complete -c asst -n "__fish_asst_using_subcommand runs; and not __fish_seen_subcommand_from list create get update cancel prune submit-tool-outputs wait" -f -a "wait" -d 'Wait until runs end, and show the answer'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 100 [default: 100]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l before -d 'Stop before the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l include -d 'Field to add to the response: `step_details.tool_calls[*].file_search.results[*].content`' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l assistant-id -d 'ID of the assistant to run' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l reasoning-effort -d 'Reasoning effort of the model: none, minimal, low, medium, high, xhigh, max' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l additional-instructions -d 'Instructions to append to the other instructions' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l additional-message -d 'User message to add to the thread before the run (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l additional-message-json -d 'Complete message to add to the thread before the run (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l model -d 'Override the assistant\'s model' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l instructions -d 'Override the assistant\'s instructions' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l instructions-file -d 'Read the instructions from a file' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l tool -d 'Override the assistant\'s tools: code_interpreter, file_search, JSON or @path (repeatable, at most 20)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l temperature -d 'Sampling temperature, 0 to 2' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l top-p -d 'Nucleus sampling probability, 0 to 1' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l max-prompt-tokens -d 'Maximum number of prompt tokens for the whole run, at least 256' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l max-completion-tokens -d 'Maximum number of completion tokens for the whole run, at least 256' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l truncation-strategy -d 'Truncation of the thread before the run: auto, last_messages:N, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l tool-choice -d 'Tool choice: none, auto, required, function:NAME, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l parallel-tool-calls -d 'Allow several function calls at once: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l response-format -d 'Response format: auto, text, json_object, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l stream -d 'Stream the run: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l timeout -d 'Wait at most DURATION in all, such as 90s; after that, the run continues (exit code 25)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l handler -d 'Answer the calls of function NAME with PROGRAM until the run ends (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l handlers -d 'Answer calls with the executable files in DIR, each with the name of its function' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l handler-timeout -d 'Allow at most DURATION per call, such as 90s [default: 60s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l on-handler-error -d 'Set the action for a call that cannot be answered [default: submit]' -r -f -a "submit\t'Submit a text with the error as the output'
cancel\t'Cancel the run'
fail\t'Leave the run waiting'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l handler-log -d 'Append each call and its output to FILE, as JSON Lines' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l handler-replay -d 'Answer calls from FILE, a log of --handler-log, instead of running programs' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l wait -d 'Wait until the run ends, and show its answer'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l cancel-on-interrupt -d 'Cancel the run on Ctrl-C or SIGTERM without asking'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); replaces all existing pairs' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l assistant -d 'Only runs of this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l metadata -d 'Only runs with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l older-than -d 'Only runs created longer ago than DURATION: 12h, 30d' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l ci-job -d 'Only runs that this CI job created, or on threads that it created' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l source -d 'Only runs with this source in the ledger, or on threads with it [default: created and recorded]' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named in a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'
any\t'Any of these sources'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l grace -d 'Keep objects created or used more recently than DURATION, by any client [default: 30d]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l max -d 'Prune at most N objects' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l stuck -d 'Select all runs that are proven stuck (no other filter needed)'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l tool-output -d 'Output of a tool call, split at the first = and taken literally (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l tool-output-file -d 'Output of a tool call, read from a file (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l tool-outputs -d 'All outputs at once: an array of {tool_call_id, output}; the other two flags add to it' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l stream -d 'Stream the rest of the run: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l timeout -d 'Wait at most DURATION in all, such as 90s; after that, the run continues (exit code 25)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l handler -d 'Answer the calls of function NAME with PROGRAM until the run ends (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l handlers -d 'Answer calls with the executable files in DIR, each with the name of its function' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l handler-timeout -d 'Allow at most DURATION per call, such as 90s [default: 60s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l on-handler-error -d 'Set the action for a call that cannot be answered [default: submit]' -r -f -a "submit\t'Submit a text with the error as the output'
cancel\t'Cancel the run'
fail\t'Leave the run waiting'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l handler-log -d 'Append each call and its output to FILE, as JSON Lines' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l handler-replay -d 'Answer calls from FILE, a log of --handler-log, instead of running programs' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l wait -d 'Wait until the run ends, and show its answer'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l cancel-on-interrupt -d 'Cancel the run on Ctrl-C or SIGTERM without asking'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from submit-tool-outputs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l timeout -d 'Wait at most DURATION in all, such as 90s; after that, the run continues (exit code 25)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l handler -d 'Answer the calls of function NAME with PROGRAM until the run ends (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l handlers -d 'Answer calls with the executable files in DIR, each with the name of its function' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l handler-timeout -d 'Allow at most DURATION per call, such as 90s [default: 60s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l on-handler-error -d 'Set the action for a call that cannot be answered [default: submit]' -r -f -a "submit\t'Submit a text with the error as the output'
cancel\t'Cancel the run'
fail\t'Leave the run waiting'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l handler-log -d 'Append each call and its output to FILE, as JSON Lines' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l handler-replay -d 'Answer calls from FILE, a log of --handler-log, instead of running programs' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l cancel-on-interrupt -d 'Cancel the run on Ctrl-C or SIGTERM without asking'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand runs; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -f -a "list" -d 'List the steps of a run'
complete -c asst -n "__fish_asst_using_subcommand steps; and not __fish_seen_subcommand_from list get" -f -a "get" -d 'Show one or several steps of a run'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l include -d 'Field to add to the response: `step_details.tool_calls[*].file_search.results[*].content`' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 100 [default: 100]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l before -d 'Stop before the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l include -d 'Field to add to the response: `step_details.tool_calls[*].file_search.results[*].content`' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand steps; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "list" -d 'List files'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "upload" -d 'Upload files'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "get" -d 'Show files'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "delete" -d 'Delete files'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "prune" -d 'Delete files that nothing refers to'
complete -c asst -n "__fish_asst_using_subcommand files; and not __fish_seen_subcommand_from list upload get delete prune content" -f -a "content" -d 'Download a file'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l purpose -d 'Only files with this purpose' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 10000 [default: 10000]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l filename -d 'File name to send instead of the file\'s own' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l purpose -d 'Purpose of the file: assistants, batch, fine-tune, vision, user_data, evals [default: assistants]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l expires-after -d 'Delete the file automatically after 1 hour to 30 days: a number of seconds, or 12h, 30d' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l part-size -d 'Size of a part: a number of bytes, or with K or M [default: 64M, which is the maximum]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l parts -d 'Upload in parts even if the file has at most 512 MB'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l resume -d 'Continue the unfinished upload of the same file, and send only the missing parts'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from upload" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l older-than -d 'Only files created longer ago than DURATION: 12h, 30d' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l purpose -d 'Only files with this purpose; files with purpose user_data are never unreferenced' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l grace -d 'Keep objects created or used more recently than DURATION, by any client [default: 30d]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l max -d 'Prune at most N objects' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l without -d 'Skip a part of the reference graph that this backend does not have (repeatable)' -r -f -a "assistants\t'Assistants and their tool resources'
threads\t'Threads with their runs and messages'
steps\t'The steps of runs'
vector-stores\t'Vector stores and their files'
conversations\t'Conversations and their items'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l unreferenced -d 'Select all files without references (no other filter needed)'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l to -d 'Save the file to this path; - is standard output' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s O -l remote-name -d 'Save the file in the current folder under the name that the server has for it'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l force -d 'Overwrite an existing file'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand files; and __fish_seen_subcommand_from content" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "list" -d 'List vector stores'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "create" -d 'Create a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "get" -d 'Show vector stores'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "update" -d 'Update a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "delete" -d 'Delete vector stores (their files remain)'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "prune" -d 'Delete unused vector stores, after checking each at the backend (their files remain)'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "search" -d 'Search the files of a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "sync" -d 'Keep the files of a vector store equal to those of folders'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "files" -d 'Manage the files in a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and not __fish_seen_subcommand_from list create get update delete prune search sync files batches" -f -a "batches" -d 'Add files to a vector store in batches'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l limit -d 'List at most N items [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l page-size -d 'Number of objects per request, 1 to 100 [default: 100]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l order -d 'Order by creation time [default: desc]' -r -f -a "asc\t''
desc\t''"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l after -d 'Start after the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l before -d 'Stop before the object with this ID' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l storage-price -d 'Price of vector stores in USD per GB and day [default: that of the profile, or 0.10]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l name -d 'Name of the vector store' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l description -d 'Description of the vector store' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l file-ids -d 'Uploaded files to add (repeatable or comma-separated, at most 500)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l expires-after -d 'Delete the vector store automatically 1 to 365 days after its last use: a number of days' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l chunking-strategy -d 'Chunking of the files of --file-ids: auto, static:SIZE,OVERLAP in tokens, JSON or @path' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l timeout -d 'Stop waiting after DURATION without progress (exit code 25); indexing continues [default: 10m]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l wait -d 'Wait until the files are indexed; exit code 8 if some of them failed'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l timeout -d 'Stop waiting after DURATION without progress (exit code 25); indexing continues [default: 10m]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l poll-interval -d 'Poll every DURATION, at most three times per second [default: the server\'s openai-poll-after-ms, else growing from 0.1 to 2 seconds]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l wait -d 'Wait until the files are indexed; exit code 8 if some of them failed'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l name -d 'Name of the vector store' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l expires-after -d 'Delete the vector store automatically 1 to 365 days after its last use: a number of days' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); replaces all existing pairs' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l without -d 'With --cascade, skip a part of the reference graph that this backend does not have (repeatable)' -r -f -a "assistants\t'Assistants and their tool resources'
threads\t'Threads with their runs and messages'
steps\t'The steps of runs'
vector-stores\t'Vector stores and their files'
conversations\t'Conversations and their items'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l cascade -d 'Also delete the vector stores and files that nothing else refers to; asks once, with the number of objects'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l idle -d 'Only vector stores whose last use is longer ago than DURATION: 12h, 90d' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l older-than -d 'Only vector stores created longer ago than DURATION: 12h, 30d' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l grace -d 'Keep objects created or used more recently than DURATION, by any client [default: 30d]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l max -d 'Prune at most N objects' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l without -d 'Skip a part of the reference graph that this backend does not have (repeatable)' -r -f -a "assistants\t'Assistants and their tool resources'
threads\t'Threads with their runs and messages'
steps\t'The steps of runs'
vector-stores\t'Vector stores and their files'
conversations\t'Conversations and their items'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l expired -d 'Only vector stores that have expired'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l empty -d 'Only vector stores without files'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l unattached -d 'Only vector stores that no assistant, thread or conversation names; reads all of them again before each deletion'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l query -d 'Text to search for (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l rewrite-query -d 'Let the model rewrite the query for the search: true, false' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l max-num-results -d 'Maximum number of results, 1 to 50' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l filters -d 'Only files whose attributes match: {"type":"eq","key":"team","value":"hr"}, or nested with and, or' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l ranking-options -d 'Ranking of the results: {"ranker":"auto","score_threshold":0.5}' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l filter -d 'Only files whose attributes match an expression: \'team = "hr" and year >= 2024\'' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l to -d 'ID of the vector store' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l include -d 'Only files that match a pattern, such as \'*.md\' or \'docs/**/*.md\' (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l exclude -d 'Leave out files that match a pattern (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l prefix -d 'Add this path before the paths of the files; files of the vector store at other paths are not touched' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l attributes -d 'Attribute of every file: KEY=TEXT, or KEY:=JSON for a number or a boolean (repeatable, at most 14)' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l chunk-size -d 'Size of chunks in tokens, 100 to 4096 [default: the server\'s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l chunk-overlap -d 'Overlap of chunks in tokens, at most half of their size [default: the server\'s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l delete -d 'Which files may leave the vector store' -r -f -a "own\t'Files that a sync added under the prefix, or anywhere without a prefix'
all\t'All files that the folders lack, except files under other prefixes'
none\t'Only files that a newer version replaces'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l max-delete -d 'Refuse a sync that removes more than N or N% of the files; replaced files do not count [default: 50%, from 10 files on]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l timeout -d 'Stop waiting after DURATION without progress (exit code 25); indexing continues [default: 10m]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l no-ignore -d 'Include hidden files, and files that a .gitignore file excludes'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l keep-files -d 'Only detach old files from the vector store, without deleting them'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l track-renames -d 'Do not upload a file again if only its path has changed; citations then show its old name'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l retry-failed -d 'Index files again that could not be indexed before, although they have not changed'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l strict -d 'Exit with code 8 if a file was skipped'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l verify -d 'Compare the vector store with the folders at the end; exit code 1 if they differ'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l exit-code -d 'Exit with code 9 if something was changed or, with --dry-run, would be changed'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "list" -d 'List the files in a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "create" -d 'Add an uploaded file to a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "get" -d 'Show files in a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "update" -d 'Replace the attributes of a file in a vector store'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "delete" -d 'Remove files from a vector store (the uploaded files remain)'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from files" -f -a "content" -d 'Print the text that was extracted from a file'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -f -a "create" -d 'Add uploaded files to a vector store in one batch'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -f -a "get" -d 'Show batches of files'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -f -a "cancel" -d 'Cancel a batch of files'
complete -c asst -n "__fish_asst_using_subcommand vector-stores; and __fish_seen_subcommand_from batches" -f -a "files" -d 'List the files of a batch'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -f -a "create" -d 'Begin an upload in parts'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -f -a "add-part" -d 'Add a part to an upload'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -f -a "complete" -d 'Complete an upload, which creates the file'
complete -c asst -n "__fish_asst_using_subcommand uploads; and not __fish_seen_subcommand_from create add-part complete cancel" -f -a "cancel" -d 'Cancel an upload'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l filename -d 'Name of the file' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l purpose -d 'Purpose of the file: assistants, batch, fine-tune, vision [default: assistants]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l bytes -d 'Size of the whole file in bytes, at most 8 GB' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l mime-type -d 'MIME type of the file, such as text/plain' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l expires-after -d 'Delete the file automatically after 1 hour to 30 days: a number of seconds, or 12h, 30d' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from add-part" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l part-ids -d 'IDs of the parts in the order of their bytes (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l md5 -d 'MD5 checksum of the whole file, for the server to verify' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from complete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand uploads; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "list" -d 'List the conversations in the ledger'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "create" -d 'Create a conversation'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "get" -d 'Show conversations'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "update" -d 'Update the metadata of a conversation'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "delete" -d 'Delete conversations'
complete -c asst -n "__fish_asst_using_subcommand conversations; and not __fish_seen_subcommand_from list create get update delete items" -f -a "items" -d 'Manage the items of a conversation'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l limit -d 'List at most N conversations [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l remote -d 'List the conversations of the backend, if it can (the newer agents of Azure AI Foundry), and record them'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l items -d 'First item, {"role":"user","content":"…"} or any other type, or an array of them (repeatable, at most 20)' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l metadata -d 'Metadata pair (repeatable, at most 16)' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l metadata -d 'Metadata pair (repeatable, at most 16); replaces all existing pairs' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l body -d 'Complete request body; flags override its members' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l unset -d 'Member to clear by sending null (repeatable or comma-separated)' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Treat a missing object as success'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -f -a "list" -d 'List the items of a conversation'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -f -a "create" -d 'Add items to a conversation, at most 20'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -f -a "get" -d 'Show items of a conversation'
complete -c asst -n "__fish_asst_using_subcommand conversations; and __fish_seen_subcommand_from items" -f -a "delete" -d 'Delete items from a conversation, and show the conversation'
complete -c asst -n "__fish_asst_using_subcommand graph" -l form -d 'Print the graph as a tree, or in the language of Graphviz or Mermaid; -o json prints its nodes and edges' -r -f -a "tree\t'A tree, with assistants and threads at the top; threads that refer to nothing are only counted'
dot\t'The DOT language of Graphviz'
mermaid\t'A flowchart in the language of Mermaid'"
complete -c asst -n "__fish_asst_using_subcommand graph" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand graph" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand graph" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand graph" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand graph" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand graph" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand graph" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand graph" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand graph" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand graph" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand graph" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand graph" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand graph" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand graph" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand graph" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand graph" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "list" -d 'List the rows of the ledger, of every kind'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "import" -d 'Import IDs from files and pipes'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "scan" -d 'Find IDs in logs, dumps and archives, and import them'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "sync" -d 'Import everything that the backend can list'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "verify" -d 'Check the objects in the ledger against the backend, and record which are live and which are gone'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "events" -d 'List what asst deleted: user, time and request'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "copy" -d 'Copy a ledger into another, such as a local file into a shared database'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "forget" -d 'Remove rows from the ledger without changing the backend'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "stats" -d 'Count the rows of the ledger'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "doctor" -d 'Find problems that need a decision: open intents, spill files, foreign IDs, overdue runs, a damaged ledger'
complete -c asst -n "__fish_asst_using_subcommand ledger; and not __fish_seen_subcommand_from list import scan sync verify events copy forget stats doctor settle" -f -a "settle" -d 'Record the outcome of an open intent'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l kind -d 'Only objects of this kind: assistant, thread, run, file, vector_store, conversation' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l limit -d 'List at most N rows [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l spill -d 'Import a spill file, even if it was written for another ledger' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l format -d 'Format of the file [default: csv or tsv by the extension, or if the first line has column names; else lines]' -r -f -a "lines\t'IDs at the front of each line, with further columns ignored; or a JSON object per line'
csv\t'Comma-separated values with a header'
tsv\t'Tab-separated values with a header'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l kind -d 'Kind of the IDs [default: the kind of each ID\'s prefix]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l origin -d 'Origin of the IDs [default: that of the profile]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l delimiter -d 'Field separator of a table, a character or \\t [default: tab, comma or semicolon, as in the first line]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l id-column -d 'Column with the IDs [default: id, or the only column whose values are IDs]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l kind-column -d 'Column with the kinds [default: kind, if it exists; else the prefix of each ID]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l created-column -d 'Column with the creation times, such as Unix seconds or 2026-11-21 09:30:00 (UTC if no zone is given) [default: created_at or created, if it exists]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l parent-column -d 'Column with the parents, such as the threads of runs [default: parent, if it exists]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l metadata-column -d 'Column to store as metadata under its name (repeatable) [default: the pairs of metadata, if it holds an object]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l ignore-column -d 'Column to ignore, although its name is one of the defaults above (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l no-header -d 'Read a table without a header; its columns are numbered from 1'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l kind -d 'Only IDs of this kind (repeatable): assistant, thread, run, file, vector_store, conversation' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l pattern -d 'Also find IDs without a known prefix, by a pattern: thread=[0-9a-f-]{36} (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l origin -d 'Origin of the IDs [default: that of the profile]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l kind -d 'Only objects of this kind (repeatable): assistant, file, vector_store, or, if the backend lists them, thread and conversation' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l kind -d 'Only objects of this kind: assistant, thread, run, file, vector_store, file_batch, conversation' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l exit-code -d 'Exit with code 9 if an object is gone or its state is unknown'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l kind -d 'Kind of the ID' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l origin -d 'Origin of the ID [default: that of the profile]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l limit -d 'List at most N events [default: all]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l kind -d 'Kind of the IDs or rows [default: the kind of each ID\'s prefix]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l matching -d 'Forget all rows that match the filters; asks for confirmation'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l purge -d 'Also forget the events and intents of the objects'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l storage-price -d 'Price of vector stores in USD per GB and day [default: that of the profile, or 0.10]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l ages -d 'Count the objects that may still exist, by age instead of by state (reads every row)'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l exit-code -d 'Exit with code 9 if the command finds something that needs a decision'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l none -d 'Record that the request created nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand ledger; and __fish_seen_subcommand_from settle" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand record" -l cleanup-session -d 'Delete the objects that an earlier session created and did not delete; its ID was printed when it started' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l report -d 'Write the created, deleted and remaining objects to the file PATH, as JSON' -r -F
complete -c asst -n "__fish_asst_using_subcommand record" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand record" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand record" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand record" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand record" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand record" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand record" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand record" -l cleanup -d 'When the program ends, delete the objects that it created and did not delete'
complete -c asst -n "__fish_asst_using_subcommand record" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand record" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand record" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand record" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand record" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand record" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand record" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand record" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand record" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l kind -d 'Kinds to export, comma-separated. With IDs, their kind: conversations, vector-stores or threads; threads can be combined with kinds that are exported as lists [default: threads if IDs are given, else all kinds]' -r -f -a "threads\t'Threads with their messages, runs, run steps and files'
conversations\t'Conversations with their items'
vector-stores\t'The vector stores that the backend lists, with the lists of their files, and the files'
assistants\t'The list of assistants, and the files that they name'
files\t'The list of files'
uploads\t'The uploads in the ledger'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l state -d 'Only objects in this state' -r -f -a "present\t'Objects that may still exist: live and unknown'
live\t'Existed at the last check at the backend'
unknown\t'Imported and not checked yet, or without a clear response from the backend'
deleted\t'Deleted by asst'
gone\t'Missing at the last check at the backend'
foreign\t'Known to belong to another origin'
any\t'Any state'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l source -d 'Only objects from this source' -r -f -a "created\t'Created by a command of asst'
recorded\t'Created by a program under `asst record`'
met\t'Named as an argument of a command'
listed\t'Listed by a backend'
imported\t'Imported by `asst ledger import`'
scanned\t'Found by a scan'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l assistant -d 'Only objects whose last known run used this assistant' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l metadata -d 'Only objects with this metadata pair (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l older-than -d 'Only objects that were created longer ago than this, such as 12h or 30d' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l newer-than -d 'Only objects that were created more recently than this' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l idle -d 'Only objects without known activity for at least this long' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l ci-job -d 'Only objects that this CI job created; JOB is its number or the URL of its page' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l id-prefix -d 'Only IDs that start with TEXT' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l origin -d 'Only objects of this origin [default: that of the profile, if there is one]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l remote -d 'Also export the threads and conversations that the backend lists, if it has such lists'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l full -d 'Fetch all objects again, not only new ones'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l all-origins -d 'Include objects of every origin'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand export; and not __fish_seen_subcommand_from verify" -a "verify" -d 'Verify an archive'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l remote -d 'Also compare the IDs of its objects with the backend'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l exit-code -d 'Exit with code 9 if the backend differs from the archive'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand export; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l to -d 'Profile of the backend that receives the objects [default: the selected profile]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l as -d 'Form in which threads are restored; a thread that was restored before keeps its form [default: conversations at OpenAI, threads elsewhere]' -r -f -a "threads\t'Threads with messages'
conversations\t'Conversations with items'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l kind -d 'Kinds to restore, comma-separated [default: both]' -r -f -a "threads\t'Threads with their messages'
conversations\t'Conversations with their items'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l files -d 'Treatment of the files to which messages refer' -r -f -a "upload\t'Upload the files whose content is in the archive'
map\t'Use only files that an earlier restore uploaded, or that --file-map names'
skip\t'Name files in the text'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l file-map -d 'File with the IDs that files already have at the target: OLD_ID NEW_ID on each line' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l citations -d 'Treatment of citations in texts' -r -f -a "keep\t'Keep the text, with the marks of its citations'
footnote\t'Replace each mark by a number, and list the cited files below the text'
drop\t'Remove the marks'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l images -d 'Treatment of images' -r -f -a "link\t'Send images by their file or URL'
text\t'Name images in the text'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l tool-calls -d 'Treatment of function calls and their outputs [default: pairs in conversations, drop in threads]' -r -f -a "pairs\t'Add each call and its output as two items of a conversation'
text\t'Add each call and its output as a message'
drop\t'Leave them out'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l exit-code -d 'Exit with code 9 if anything is changed or lost'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand restore; and not __fish_seen_subcommand_from verify" -a "verify" -d 'Compare restored threads and conversations with the archive'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l to -d 'Profile of the backend that has the restored objects [default: the selected profile]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l kind -d 'Kinds to compare, comma-separated [default: both]' -r -f -a "threads\t'Threads with their messages'
conversations\t'Conversations with their items'"
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l allow-empty -d 'Accept standard input without IDs [default: an error, because a pipeline whose first command failed looks the same]'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand restore; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -f -a "lint" -d 'Check a manifest and the files that it names'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -f -a "init" -d 'Write a manifest to begin with'
complete -c asst -n "__fish_asst_using_subcommand manifest; and not __fish_seen_subcommand_from lint init schema" -f -a "schema" -d 'Print the JSON Schema of manifests, for editors'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l env -d 'Environment of the manifest; required if it has several' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l var -d 'Value of a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from lint" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand manifest; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand plan" -l env -d 'Environment of the manifest; required if it has several' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l var -d 'Value of a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l target -d 'Only the object NAME of the manifest (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l after -d 'Continue only if environment NAME has no differences at its own backend; else exit with code 9' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l out -d 'Save the plan for `asst apply --plan`: digests, IDs and actions, and no values' -r -F
complete -c asst -n "__fish_asst_using_subcommand plan" -l max-bytes -d 'Limit the Markdown to N bytes [default: 60000]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand plan" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand plan" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand plan" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand plan" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand plan" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand plan" -l prune -d 'Delete objects of this project and environment that are no longer in the manifest'
complete -c asst -n "__fish_asst_using_subcommand plan" -l drift -d 'Show only objects that changed at the backend since the last apply, and those that it lacks or has several times'
complete -c asst -n "__fish_asst_using_subcommand plan" -l markdown -d 'Print the plan as Markdown for a comment on a pull request'
complete -c asst -n "__fish_asst_using_subcommand plan" -l exit-code -d 'Exit with code 9 if manifest and backend differ'
complete -c asst -n "__fish_asst_using_subcommand plan" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand plan" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand plan" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand plan" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand plan" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand plan" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand plan" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand plan" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand plan" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand diff" -l manifest -d 'Manifest in YAML, JSON or TOML, or a folder with its files (repeatable) [default: asst.yaml]' -r -F
complete -c asst -n "__fish_asst_using_subcommand diff" -l env -d 'Environment of the manifest; required if it has several' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l var -d 'Value of a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand diff" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand diff" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand diff" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand diff" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand diff" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand diff" -l exit-code -d 'Exit with code 9 if the objects differ'
complete -c asst -n "__fish_asst_using_subcommand diff" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand diff" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand diff" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand diff" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand diff" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand diff" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand diff" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand diff" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand diff" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand apply" -l env -d 'Environment of the manifest; required if it has several' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l var -d 'Value of a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l target -d 'Only the object NAME of the manifest (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l after -d 'Continue only if environment NAME has no differences at its own backend; else exit with code 9' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l plan -d 'Apply a plan that `asst plan --out` saved; refuse with code 9 if anything has changed since' -r -F
complete -c asst -n "__fish_asst_using_subcommand apply" -l on-drift -d 'Set the treatment of objects that changed at the backend since the last apply' -r -f -a "ask\t'Ask on a terminal; elsewhere, change nothing and exit with code 9'
fail\t'Change nothing and exit with code 9'
keep\t'Leave these objects as they are'
overwrite\t'Overwrite them with the manifest, after a snapshot'"
complete -c asst -n "__fish_asst_using_subcommand apply" -l output-env -d 'Write the IDs into FILE as shell variables: PROJECT_NAME_ID=asst_…, PROJECT_NAME_FILE_ID=file-…' -r -F
complete -c asst -n "__fish_asst_using_subcommand apply" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand apply" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand apply" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand apply" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand apply" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand apply" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand apply" -l prune -d 'Delete objects of this project and environment that are no longer in the manifest'
complete -c asst -n "__fish_asst_using_subcommand apply" -l github-output -d 'Append the IDs to the file that GITHUB_OUTPUT names, as outputs of a step: project_name_id=asst_…'
complete -c asst -n "__fish_asst_using_subcommand apply" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand apply" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand apply" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand apply" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand apply" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand apply" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand apply" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand apply" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand apply" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand pull" -l target -d 'With --drift, take over only the changes of the object NAME (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l var -d 'With --drift, set a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l into -d 'Write asst.yaml and its files into DIR' -r -F
complete -c asst -n "__fish_asst_using_subcommand pull" -l project -d 'Set the name of the project [default: that of DIR/asst.yaml]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l env -d 'Set the environment [default: that of DIR/asst.yaml, or `default`]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l id -d 'Pull the assistant or vector store ID, with the vector stores to which it refers (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l metadata -d 'Pull the objects with this metadata pair, or with all of the pairs (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand pull" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand pull" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand pull" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand pull" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand pull" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand pull" -l drift -d 'Write only the members that changed at the backend since the last apply into the manifest'
complete -c asst -n "__fish_asst_using_subcommand pull" -l exit-code -d 'With --drift, exit with code 9 if a file was changed, or if an object is missing or exists several times'
complete -c asst -n "__fish_asst_using_subcommand pull" -l all -d 'Pull all assistants and vector stores of the backend that belong to no other project'
complete -c asst -n "__fish_asst_using_subcommand pull" -l force -d 'Overwrite files with other contents; with --drift, take over changes of objects that changed on both sides'
complete -c asst -n "__fish_asst_using_subcommand pull" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand pull" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand pull" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand pull" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand pull" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand pull" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand pull" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand pull" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand pull" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand pull" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l env -d 'Environment of the manifest; required if it has several' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l var -d 'Value of a variable that the manifest declares (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand destroy" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand destroy" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand destroy" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand destroy" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand destroy" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand destroy" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand destroy" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand destroy" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand destroy" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand destroy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand api" -l body -d 'Body of the request' -r
complete -c asst -n "__fish_asst_using_subcommand api" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand api" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand api" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand api" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand api" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand api" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand api" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand api" -l paginate -d 'Fetch all pages of a list and print the items'
complete -c asst -n "__fish_asst_using_subcommand api" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand api" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand api" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand api" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand api" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand api" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand api" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand api" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand api" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand api" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand serve" -l listen -d 'Address to listen on; port 0 selects a free port' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l store -d 'Store for objects: memory, a folder, or a PostgreSQL database (postgres://USER@HOST/DATABASE), which several servers may share [default: that of ASST_SERVE_STORE, or memory]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l model -d 'Model: echo, script:FILE, or openai:URL for any chat completions endpoint (docs/models.md)' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l model-key-env -d 'Variable that holds the key of the model\'s endpoint' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l model-map -d 'Request model TO from the endpoint if a run names model FROM; *=TO for all other models (repeatable)' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l model-timeout -d 'Maximum time without data from the model\'s endpoint [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l embed -d 'Endpoint for embeddings, openai:URL; with it, searches in vector stores use words and embeddings' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l embed-key-env -d 'Variable that holds the key of the embeddings endpoint' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l embed-model -d 'Model to request from the embeddings endpoint [default: text-embedding-3-large]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l embed-timeout -d 'Maximum time without data from the embeddings endpoint [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l key-file -d 'File with the key that clients must send [default: that of ASST_SERVE_KEY, or none]' -r -F
complete -c asst -n "__fish_asst_using_subcommand serve" -l run-expiry -d 'Time after which a run expires' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l fault -d 'Fault to inject, such as 429,retry-after=2,rate=0.1 (docs/faults.md lists all)' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l fault-seed -d 'Seed of the faults that affect a fraction of the requests [default: a new one each time]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand serve" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand serve" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand serve" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand serve" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand serve" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand serve" -l openai-compat -d 'Reject requests to list threads, as OpenAI did before it retired its Assistants endpoints'
complete -c asst -n "__fish_asst_using_subcommand serve" -l openai-sunset -d 'Respond with 404 to all requests about assistants and threads, as OpenAI does since it retired these endpoints'
complete -c asst -n "__fish_asst_using_subcommand serve" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand serve" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand serve" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand serve" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand serve" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand serve" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand serve" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand serve" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand serve" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -f -a "list" -d 'List the profiles of the configuration file'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -f -a "show" -d 'Show the resolved settings of a profile, without keys [default: the selected profile]'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -f -a "add" -d 'Add a profile to the configuration file'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -f -a "use" -d 'Set the default profile'
complete -c asst -n "__fish_asst_using_subcommand profiles; and not __fish_seen_subcommand_from list show add use check" -f -a "check" -d 'Check that the backend of a profile responds and accepts the key [default: the selected profile]'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l backend -d 'Kind of backend [default: openai without a base URL, else compatible]' -r -f -a "openai\t''
azure-openai\t''
foundry\t''
compatible\t''
local\t''"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l base-url -d 'Base URL up to the version: https://api.example.com/v1' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l api-version -d 'API version, for backends that need one in the query' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l organization -d 'Organization to send with requests' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l project -d 'Project to send with requests' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l origin -d 'Origin of the IDs [default: derived from the base URL]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l api-key-env -d 'Variable that holds the key' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l api-key-file -d 'File that holds the key' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l api-key-command -d 'Shell command that prints the key' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l token-command -d 'Shell command that prints a token, which is cached until it expires' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l send-header -d 'Header to send with requests (repeatable); write a secret header into the configuration file instead' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l beta -d 'Send the beta header [default: true for openai and compatible]' -r -f -a "true\t''
false\t''"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l ca-file -d 'PEM file with certificates to trust' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l proxy -d 'Proxy URL, without a password' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l rate -d 'Maximum request rate: 10 a second, or 600/m' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l provenance -d 'Provenance to record for created objects: full (machine, user, folder, command, CI job), ci (command and CI job), or none [default: full]' -r -f -a "full\t''
ci\t''
none\t''"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l storage-price -d 'Price of vector stores in USD per GB and day, for the commands that show their price' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l default -d 'Make this the default profile'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l force -d 'Overwrite an existing profile'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l mark-intents -d 'Store the intent ID in the metadata of created objects, so that an object is found again if the response is lost'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l keep-deleted -d 'Keep the content of deleted objects in the ledger'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand profiles; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand demo" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand demo" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand demo" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand demo" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand demo" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand demo" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand demo" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand demo" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand demo" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand demo" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand demo" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand demo" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand demo" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand demo" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand demo" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand completions" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand completions" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand completions" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand completions" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand completions" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand completions" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand completions" -l dynamic -d 'Also complete the names of profiles and the newest IDs of the ledger, by running asst on each completion'
complete -c asst -n "__fish_asst_using_subcommand completions" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand completions" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand completions" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand completions" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand completions" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand completions" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand completions" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand completions" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand completions" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c asst -n "__fish_asst_using_subcommand man" -s p -l profile -d 'Use the backend of profile NAME' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l local-model -d 'Use this model in the embedded server: echo, script:FILE, openai:URL [default: echo]' -r
complete -c asst -n "__fish_asst_using_subcommand man" -s o -l output -d 'Print the output as table, json, jsonl, yaml, csv or id' -r -f -a "table\t'Aligned columns on a terminal, tab-separated in a pipe'
json\t'One JSON document'
jsonl\t'One JSON document per line'
yaml\t'YAML'
csv\t'Comma-separated, with a header'
id\t'IDs only'"
complete -c asst -n "__fish_asst_using_subcommand man" -l jq -d 'Filter the output with a jq expression; a list is one array, or, with -o jsonl, one item after the other' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l columns -d 'Show these columns: id,name,metadata.team' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l color -d 'Choose when to use colour' -r -f -a "auto\t'On terminals, unless an environment variable such as NO_COLOR selects otherwise'
always\t'Always'
never\t'Never'"
complete -c asst -n "__fish_asst_using_subcommand man" -l trace -d 'Print redacted requests and responses on stderr; =full prints whole bodies' -r -f -a "short\t'Show bodies up to 2 KiB'
full\t'Show whole bodies'"
complete -c asst -n "__fish_asst_using_subcommand man" -l ledger -d 'Use the ledger at PATH instead of the configured one' -r -F
complete -c asst -n "__fish_asst_using_subcommand man" -l request-timeout -d 'Limit the time of one request: 30s, 2m [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l retries -d 'Retry a request at most N times [default: 4]' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l max-wait -d 'Fail if the server requests a longer wait before a retry than DURATION [default: 120s]' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l concurrency -d 'Send at most N requests at once [default: 16]' -r
complete -c asst -n "__fish_asst_using_subcommand man" -l dry-run -d 'Print the request and send nothing; =curl prints a curl command' -r -f -a "http\t'Show method, URL, headers and body'
curl\t'Show a curl command'"
complete -c asst -n "__fish_asst_using_subcommand man" -l local -d 'Use the embedded server, in this process'
complete -c asst -n "__fish_asst_using_subcommand man" -l no-drain -d 'Exit without waiting for the runs of the embedded server'
complete -c asst -n "__fish_asst_using_subcommand man" -l header -d 'Print the column names before tab-separated output'
complete -c asst -n "__fish_asst_using_subcommand man" -l crlf -d 'End lines of -o csv with CR LF instead of LF'
complete -c asst -n "__fish_asst_using_subcommand man" -s q -l quiet -d 'Print only errors on stderr'
complete -c asst -n "__fish_asst_using_subcommand man" -l no-ledger -d 'Do not use a ledger, and record nothing'
complete -c asst -n "__fish_asst_using_subcommand man" -l require-ledger -d 'Refuse to create objects that cannot be recorded'
complete -c asst -n "__fish_asst_using_subcommand man" -s y -l yes -d 'Answer yes to every question'
complete -c asst -n "__fish_asst_using_subcommand man" -l any-id -d 'Accept IDs with any prefix'
complete -c asst -n "__fish_asst_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
