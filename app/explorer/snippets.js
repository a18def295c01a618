// The request of the page as code that runs as it stands.

const quote = JSON.stringify;

export function snippets({ origin, pathname, searchParams }) {
  const target = origin + pathname;
  const pairs = [...searchParams];
  const rows = (open, close) => pairs.map(([name, value]) => `  ${open}${quote(name)}, ${quote(value)}${close},`);
  const lines = (query, rest) => [...(pairs.length ? query : []), ...rest].join("\n");
  return {
    // An encoded address has no single quote.
    curl: `curl '${target}${pairs.length ? `?${searchParams}` : ""}'`,
    Python: `import httpx\n\n${lines(["query = [", ...rows("(", ")"), "]"], [
      `answer = httpx.get(${quote(target)}${pairs.length ? ", params=query" : ""})`,
      "answer.raise_for_status()",
      "programme = answer.json()",
      'print(programme["program_id"])'])}`,
    TypeScript: lines(["const query = new URLSearchParams([", ...rows("[", "]"), "]);"], [
      `const answer = await fetch(${pairs.length ? `${quote(`${target}?`)} + query` : quote(target)});`,
      "if (!answer.ok) throw new Error(await answer.text());",
      "const programme = await answer.json();",
      "console.log(programme.program_id);"]),
  };
}
