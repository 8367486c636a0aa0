import json  # for getting a structured output with indentation

import requests

response = requests.post(
    "https://api.aimlapi.com/v1/chat/completions",
    headers={
        # Insert your AIML API Key instead of <YOUR_AIMLAPI_KEY>:
        "Authorization": "Bearer <YOUR_AIMLAPI_KEY>",
        "Content-Type": "application/json",
    },
    json={
        "model": "mistralai/mistral-tiny",
        "messages": [
            {
                "role": "user",
                # Insert your question for the model here, instead of Hello:
                "content": "Hello",
            }
        ],
    },
)

data = response.json()
print(json.dumps(data, indent=2, ensure_ascii=False))
