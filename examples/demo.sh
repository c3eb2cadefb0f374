#!/bin/sh
# What `asst demo` runs. From a checkout, `sh examples/demo.sh` does the same on your own local store.
set -eu

# An HR assistant answers questions about a company handbook. Its instructions are a Markdown file.
HR=$(asst --local assistants create --name "HR helper" --model echo \
  --instructions-file examples/hr/instructions.md --tool file_search -o id)
HANDBOOK=$(asst --local files upload examples/hr/handbook.md --purpose assistants -o id)
HR_THREAD=$(asst --local threads create --metadata demo=hr -o id)

# The question goes into the thread with the handbook attached, and a run answers it from there.
# The echo model stands in for a real one: it repeats what it was asked, and quotes the best passage that it finds.
asst --local messages create $HR_THREAD --content-file examples/hr/question.txt \
  --attachment $HANDBOOK=file_search --columns id,role,attachments.file_id
HR_RUN=$(asst --local runs create $HR_THREAD --assistant-id $HR -o id)
until [ "$(asst --local runs get $HR_THREAD $HR_RUN --jq .status)" = completed ]; do sleep 0.2; done
asst --local messages list $HR_THREAD --order asc --columns role,content

# The steps show the search, and the message cites the file.
asst --local steps list $HR_THREAD $HR_RUN --order asc --columns type,status
asst --local steps list $HR_THREAD $HR_RUN --jq '.[].step_details.tool_calls[]?.file_search.results[0].file_name'
asst --local messages list $HR_THREAD --limit 1 --jq '.[].content[0].text.annotations[].text'

# A weather assistant has two functions, one written in YAML and one in JSON.
WEATHER=$(asst --local assistants create --name "Weather bot" --model echo \
  --instructions-file examples/weather/instructions.md \
  --tool @examples/weather/get_current_temperature.yaml --tool @examples/weather/get_rain_probability.json -o id)

# The echo model obeys lines that begin with `call`: two of them are two calls at once.
cat examples/weather/question.txt
THREAD=$(asst --local threads create --metadata demo=weather -o id)
asst --local messages create $THREAD --content-file examples/weather/question.txt --columns id,role
RUN=$(asst --local runs create $THREAD --assistant-id $WEATHER -o id)
until [ "$(asst --local runs get $THREAD $RUN --jq .status)" = requires_action ]; do sleep 0.2; done

# The run waits for the outputs of both calls.
asst --local runs get $THREAD $RUN --jq '.required_action.submit_tool_outputs.tool_calls[].function'
TEMPERATURE=$(asst --local runs get $THREAD $RUN --jq '.required_action.submit_tool_outputs.tool_calls[0].id')
RAIN=$(asst --local runs get $THREAD $RUN --jq '.required_action.submit_tool_outputs.tool_calls[1].id')
asst --local runs submit $THREAD $RUN --tool-output $TEMPERATURE=57 --tool-output $RAIN=0.06 --columns id,status
until [ "$(asst --local runs get $THREAD $RUN --jq .status)" = completed ]; do sleep 0.2; done
asst --local messages list $THREAD --limit 1 --columns role,content
asst --local steps list $THREAD $RUN --order asc --columns type,status,calls

# A handler is a program that answers a function; each file in this folder is named as one. Now the same question needs no
# hands: both programs run at once, their outputs go to the model, and its answer is printed as it comes.
cat examples/weather/handlers/get_current_temperature
asst --local messages create $THREAD --content-file examples/weather/question.txt --columns id,role
asst --local runs create $THREAD --assistant-id $WEATHER --handlers examples/weather/handlers --stream -q

# An order assistant, in Chinese throughout. The output of its call comes from a file.
ORDERS=$(asst --local assistants create --name 订单助手 --model echo \
  --instructions-file examples/orders/instructions.md --tool @examples/orders/calculate_order_total.yaml -o id)
cat examples/orders/question.txt
ORDER_THREAD=$(asst --local threads create --metadata demo=orders -o id)
asst --local messages create $ORDER_THREAD --content-file examples/orders/question.txt --columns id,role
ORDER_RUN=$(asst --local runs create $ORDER_THREAD --assistant-id $ORDERS -o id)
until [ "$(asst --local runs get $ORDER_THREAD $ORDER_RUN --jq .status)" = requires_action ]; do sleep 0.2; done
TOTAL=$(asst --local runs get $ORDER_THREAD $ORDER_RUN --jq '.required_action.submit_tool_outputs.tool_calls[0].id')
asst --local runs submit $ORDER_THREAD $ORDER_RUN --tool-output-file $TOTAL=examples/orders/total.txt --columns id,status
until [ "$(asst --local runs get $ORDER_THREAD $ORDER_RUN --jq .status)" = completed ]; do sleep 0.2; done
asst --local messages list $ORDER_THREAD --limit 1 --columns role,content

# Or from a program that computes it, named for its function.
asst --local messages create $ORDER_THREAD --content-file examples/orders/question.txt --columns id,role
asst --local runs create $ORDER_THREAD --assistant-id $ORDERS \
  --handler calculate_order_total=examples/orders/calculate_order_total.sh -q

# OpenAI's API cannot list threads. The ledger noted each one when it was made, so they can be listed, offline too.
asst --local threads list --limit 3 --columns id,state,messages,assistant,metadata.demo

# Without its assistant a thread leads nowhere. The ledger finds such threads by the facts that it recorded.
asst --local assistants delete $WEATHER
asst --local threads list --orphaned --metadata demo=weather --columns id,state,messages,metadata.demo
ORPHAN=$(asst --local threads list --orphaned --metadata demo=weather -o id -q)
asst --local threads delete $ORPHAN

# What is left goes as well: ids that are given are consent, so nothing asks.
asst --local threads delete $HR_THREAD $ORDER_THREAD
asst --local assistants delete $HR $ORDERS
asst --local files delete $HANDBOOK
asst --local threads list --state deleted --limit 3 --columns id,state,metadata.demo

# That was the main job, and nothing of it is left. `asst help` lists what there is.
