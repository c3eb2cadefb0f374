# Prints the number of events that the Python SDK reads from a stream per second.
import time

from openai import OpenAI

client, count = OpenAI(), 0
stream = client.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_1", stream=True)
began = time.perf_counter()
for event in stream:
    count += 1
print(count / (time.perf_counter() - began))
