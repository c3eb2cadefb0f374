# `assistants list` with the Python SDK, as a complete program.
from openai import OpenAI

for assistant in OpenAI().beta.assistants.list(limit=100):
    print(assistant.id)
