// REMOTE: URL, bookmark or path, and what a path is joined to.

import assert from "node:assert/strict";
import { joinRemote, parseRemote, remoteName } from "../../client/remote.ts";

const isBookmark = (name: string) => name === "work";

Deno.test("a known bookmark's name before a colon is a bookmark, any other is part of a file's name", () => {
  const read = (text: string) => {
    const answer = parseRemote(text, isBookmark);
    assert.ok(answer.ok);
    return answer.value;
  };
  assert.deepEqual(read("work:a/b"), { form: "bookmark", name: "work", path: "a/b" });
  assert.deepEqual(read("work:"), { form: "bookmark", name: "work", path: "" });
  assert.deepEqual(read("12:30.log"), { form: "path", path: "12:30.log" });
  assert.deepEqual(read(":x"), { form: "path", path: ":x" });
  assert.equal(read("ftps://h/x").form, "url");
});

Deno.test("a remote that holds a line break, or a foreign scheme, is refused", () => {
  for (const end of ["\r\n", "\r", "\n", "\0"]) {
    assert.equal(parseRemote(`a${end}DELE b`, isBookmark).ok, false, JSON.stringify(end));
  }
  assert.equal(parseRemote("http://h/x", isBookmark).ok, false);
});

Deno.test("a path is seen from its base unless it is absolute", () => {
  const table = [
    ["", "a", "a"],
    ["", "", ""],
    ["d", "a", "d/a"],
    ["d/", "a", "d/a"],
    ["/", "a", "/a"],
    ["/d", "", "/d"],
    ["d", "/a", "/a"],
  ] as const;
  for (const [base, path, expected] of table) {
    assert.equal(joinRemote(base, path), expected, `${base} + ${path}`);
  }
});

Deno.test("a path's last name is empty where it names no file of its own", () => {
  const table = [["a", "a"], ["/x/a b", "a b"], ["a/", ""], ["", ""], ["..", ""], ["a/.", ""]];
  for (const [path = "", name] of table) assert.equal(remoteName(path), name, path);
});
