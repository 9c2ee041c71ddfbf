/** Source code, coloured when the report is made, so that the page needs no script for it. */
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import yaml from "highlight.js/lib/languages/yaml";
import { escapeHtml } from "../../table/escape.ts";

const LANGUAGES = { bash, json, python, sql, typescript, yaml };

/** The code escaped and coloured; of a language that notebooks here do not use, only escaped. */
export function codeHtml(code: string, language: string): string {
  for (const [name, grammar] of Object.entries(LANGUAGES)) {
    if (!highlighter.getLanguage(name)) highlighter.registerLanguage(name, grammar);
  }
  return highlighter.getLanguage(language)
    ? highlighter.highlight(code, { language, ignoreIllegals: true }).value
    : escapeHtml(code);
}
