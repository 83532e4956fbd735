import { expect, test } from "bun:test"
import fc from "fast-check"
import { render } from "../../src/webhooks/template.ts"

const facts = {
  payload: { messages: [{ subject: "Hi", n: 0, deep: { a: [1, 2] } }], "a-b": true, empty: null },
  headers: new Headers({
    "x-event": "push",
    authorization: "Bearer secret",
    "x-sig-signature": "s",
  }),
  query: new URLSearchParams("q=1"),
  path: "gmail",
  now: new Date(0),
}

test.each([
  ["{{messages[0].subject}}", "Hi"],
  ["{{ messages[0].n }}", "0"],
  ["{{messages[0].deep}}", '{"a":[1,2]}'],
  ["{{messages[0].deep.a[1]}}", "2"],
  ["{{a-b}} {{empty}}|{{nothing}}|{{messages[7].subject}}", "true ||"],
  ["{{payload.a-b}}{{body.a-b}}", "truetrue"],
  ["{{headers.x-event}} {{query.q}} {{path}} {{now}}", "push 1 gmail 1970-01-01T00:00:00.000Z"],
  ["{{headers.authorization}}{{headers.x-sig-signature}}{{headers.bad name}}", ""],
  ["{{__proto__}}{{constructor.name}}{{messages.length.toString}}{{toString}}", ""],
  ["{{messages[0].subject.length}}", ""],
  ["{no} {{}} {{{path}}}", "{no} {{}} {gmail}"],
])("%s", (template, text) => {
  expect(render(template, facts)).toBe(text)
})

test("all headers leave out what proves the caller", () => {
  expect(render("{{headers}}", facts)).toBe('{"x-event":"push"}')
})

test("no payload and no template break it, and what a payload says is not a template", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (payload, template) => {
      render(template, { ...facts, payload })
    }),
  )
  expect(render("{{x}}", { ...facts, payload: { x: "{{path}}" } })).toBe("{{path}}")
})
