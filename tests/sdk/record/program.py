"""A program as anybody writes it: nothing in it knows of `asst`. It leaves a thread, and prints it."""

import openai

client = openai.OpenAI()
assistant = client.beta.assistants.create(model="echo", name="Recorded")
thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
client.beta.threads.messages.create(thread.id, role="user", content="Hello again")
run = client.beta.threads.runs.create_and_poll(
    thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20
)
assert run.status == "completed", run
file = client.files.create(file=("notes.txt", b"x" * 600_000), purpose="vision")
assert client.files.content(file.id).read() == b"x" * 600_000
client.files.delete(file.id)
client.beta.assistants.delete(assistant.id)
print(thread.id)
