# Prints how many events of a stream the Python SDK reads in a second.
import time

from openai import OpenAI

client, count = OpenAI(), 0
stream = client.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1", stream=True)
began = time.perf_counter()
for event in stream:
    count += 1
print(count / (time.perf_counter() - began))
