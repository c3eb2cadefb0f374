// `assistants list` with the Node SDK, as a complete program.
import OpenAI from 'openai';

for await (const assistant of new OpenAI().beta.assistants.list({ limit: 100 })) console.log(assistant.id);
