"""What Python's openai does, one scenario a run: client.py <scenario> <base url> <token>."""

import asyncio
import sys

from openai import APIStatusError, AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

scenario, base_url, token = sys.argv[1:]
client = OpenAI(base_url=base_url, api_key=token, timeout=20)
says = [{"role": "user", "content": "Where is it raining?"}]
weather = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
chat_tool = {"type": "function", "function": weather}
responses_tool = {"type": "function", **weather}
png = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC"
)
csv = "data:text/csv;base64,Y2l0eSxyYWluCk9zbG8seWVz"


class Place(BaseModel):
    city: str


def strictly(shape, value):
    """The library takes whatever comes; its own shapes say whether it is what should."""
    TypeAdapter(shape).validate_json(value.to_json())
    return value


def chat(**more):
    return strictly(
        ChatCompletion, client.chat.completions.create(model="fased", messages=says, **more)
    )


def chat_stream(**more):
    with client.chat.completions.create(
        model="fased", messages=says, stream=True, **more
    ) as stream:
        return [strictly(ChatCompletionChunk, chunk) for chunk in stream]


def respond(**more):
    more.setdefault("input", "Where is it raining?")
    return strictly(Response, client.responses.create(model="fased", **more))


def chat_plain():
    assert chat().choices[0].message.content == "In Oslo."


def chat_streamed():
    chunks = chat_stream(stream_options={"include_usage": True})
    assert chunks[-1].usage.total_tokens == 15


def chat_raw_response():
    raw = client.chat.completions.with_raw_response.create(model="fased", messages=says)
    assert raw.headers["content-type"].startswith("application/json")
    assert raw.parse().choices[0].message.content == "In Oslo."


def chat_streaming_response():
    with client.chat.completions.with_streaming_response.create(
        model="fased", messages=says, stream=True
    ) as raw:
        assert list(raw.iter_lines())[-2] == "data: [DONE]"


def chat_stream_helper():
    with client.chat.completions.stream(model="fased", messages=says) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.content == "In Oslo."


def chat_parse():
    done = client.beta.chat.completions.parse(
        model="fased", messages=says, response_format=Place
    )
    assert done.choices[0].message.parsed.city == "Oslo"


def chat_tools():
    done = chat(tools=[chat_tool], tool_choice="required", parallel_tool_calls=False)
    assert done.choices[0].message.tool_calls[0].function.name == "get_weather"


def chat_tools_streamed():
    chunks = chat_stream(tools=[chat_tool])
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def chat_tool_result():
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'},
    }
    done = client.chat.completions.create(
        model="fased",
        messages=[
            {"role": "developer", "content": "Be brief."},
            *says,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        ],
        tools=[chat_tool],
    )
    assert done.choices[0].message.content == "In Oslo."


def chat_parts():
    chat_with_parts = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Where?"},
                {"type": "image_url", "image_url": {"url": png, "detail": "low"}},
                {"type": "file", "file": {"filename": "rain.csv", "file_data": csv}},
            ],
        }
    ]
    strictly(
        ChatCompletion,
        client.chat.completions.create(model="fased", messages=chat_with_parts),
    )


def chat_sampling():
    chat(
        temperature=0.2,
        top_p=0.9,
        max_completion_tokens=50,
        seed=7,
        stop=["END"],
        n=1,
        presence_penalty=0.1,
        frequency_penalty=0.1,
        logit_bias={"50256": -100},
        metadata={"who": "test"},
        user="ada",
        reasoning_effort="low",
        service_tier="auto",
        store=False,
    )


def chat_idempotent():
    chat(extra_headers={"Idempotency-Key": "py-1", "X-Client-Request-Id": "1"})


def chat_retried():
    done = client.with_options(max_retries=1).chat.completions.create(
        model="fake/fake-1", messages=says
    )
    assert done.choices[0].message.content == "In Oslo."


def chat_refused():
    try:
        chat(temperature=9)
    except APIStatusError as error:
        assert error.status_code == 400 and error.param == "temperature"
    else:
        raise AssertionError("it was not refused")


def chat_async():
    async def ask():
        async with AsyncOpenAI(base_url=base_url, api_key=token) as each:
            return await each.chat.completions.create(model="fased", messages=says)

    assert asyncio.run(ask()).choices[0].message.content == "In Oslo."


def responses_plain():
    assert respond(instructions="Be brief.").output_text == "In Oslo."


def responses_streamed():
    with client.responses.create(
        model="fased",
        input="Where is it raining?",
        stream=True,
        reasoning={"effort": "low", "summary": "auto"},
    ) as stream:
        events = [strictly(ResponseStreamEvent, event) for event in stream]
    assert events[-1].response.output_text == "In Oslo."


def responses_stream_helper():
    with client.responses.stream(model="fased", input="Where is it raining?") as stream:
        for _ in stream:
            pass
        assert stream.get_final_response().output_text == "In Oslo."


def responses_parse():
    done = client.responses.parse(model="fased", input=says, text_format=Place)
    assert done.output_parsed.city == "Oslo"


def responses_tools():
    done = respond(tools=[responses_tool], tool_choice={"type": "function", "name": "get_weather"})
    assert done.output[0].type == "function_call"


def responses_parts():
    respond(
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Where?"},
                    {"type": "input_image", "image_url": png, "detail": "auto"},
                    {"type": "input_file", "filename": "rain.csv", "file_data": csv},
                ],
            }
        ]
    )


def responses_kept():
    first = respond(store=True, metadata={"who": "test"})
    assert client.responses.retrieve(first.id).id == first.id
    assert client.responses.input_items.list(first.id).data[0].type == "message"
    respond(input="And now?", previous_response_id=first.id)
    client.responses.delete(first.id)


def models():
    assert client.models.list().data[0].id == "fased"
    assert client.models.retrieve("fake/fake-1").object == "model"


def embeddings():
    try:
        client.with_options(max_retries=0).embeddings.create(model="fased", input=["rain"])
    except APIStatusError as error:
        assert error.status_code == 503


globals()[scenario]()
