/** Secrets that are known by their own form: tokens, key blocks, password hashes, passwords in URLs. */

/** What stands where a secret was. */
export const REDACTED = "[redacted]";

// Every form either has 20 or more letters, digits, `_` and `-` in a row that are no mere hexadecimal, or is found by
// one of suspicion.ts's signs. None reads further than it takes, but for a bounded look: that is what keeps a hostile
// text linear. Where a form's beginning could be the end of a word, a lookbehind wants no word there.
const FORMS = new RegExp(
  [
    // GitHub; GitLab (personal, runner, deploy, trigger, job, SCIM, feed, mail, agent, OAuth, feature flags)
    /gh[oprsu]_(?=[\w.-]{30})[\w-]+(?:\.[\w-]+)*|github_pat_\w{20,}/,
    /(?<![A-Za-z0-9])gl(?:pat|rt|dt|ptt|cbt|soat|ft|imt|agent|oas|ffct)-[\w-]{20,}(?:\.[\w-]+)*/,
    // Slack's tokens, and the secret path of Slack's and Discord's webhooks
    /xox[a-z]-[\w-]{16,}|xapp-[\w-]{16,}/,
    /(?<=hooks\.slack(?:-gov)?\.com\\?\/(?:services|workflows|triggers)\\?\/)[\w/\\-]{20,}/,
    /(?<=discord(?:app)?\.com\/api\/(?:v\d{1,3}\/)?webhooks\/\d{1,30}\/)[\w-]{20,}/,
    // Amazon: an access key, and the secret key behind it
    /(?<![A-Za-z0-9])A(?:[KS]I|BI|CC)A[A-Z0-9]{16,}/,
    /(?<=A(?:[KS]I|BI|CC)A[A-Z0-9]{16}[\s:;,/|"'=\\]{1,4})[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])/,
    // Google: API key, OAuth access, client secret and refresh
    /AIza[\w-]{30,}|ya29\.[\w-]{20,}(?:\.[\w-]+)*|GOCSPX-[\w-]{20,}|(?<![\w/])1\/\/0[\w-]{30,}/,
    // Stripe; npm, PyPI, RubyGems, Docker Hub, Hugging Face
    /(?<![A-Za-z0-9])(?:[rs]k_(?:live|test|prod)_|whsec_)[A-Za-z0-9]{16,}/,
    /npm_[A-Za-z0-9]{30,}|pypi-AgE[\w-]{30,}|rubygems_[a-f0-9]{40,}|dckr_[op]at_[\w-]{20,}/,
    /(?<![A-Za-z0-9])(?:hf_|api_org_)[A-Za-z0-9]{30,}/,
    // OpenAI, Anthropic, OpenRouter; SendGrid, Twilio, Telegram
    /(?<![A-Za-z0-9])sk-(?:(?:ant|proj|svcacct|admin|or)-[\w-]{20,}|(?=[A-Za-z]{0,60}\d)[A-Za-z0-9]{20,})/,
    /(?<![A-Za-z0-9])SG\.[\w-]{20,}\.[\w-]{20,}|(?<![A-Za-z0-9])SK[0-9a-fA-F]{32}(?![A-Za-z0-9])/,
    /(?<=(?<!\d)\d{6,12}:)A[\w-]{32,}/,
    // DigitalOcean, Vault, Terraform, Databricks, Grafana, Tailscale, Shopify, Linear, Atlassian, 1Password
    /do[opr]_v1_[a-fA-F0-9]{40,}|(?<![A-Za-z0-9])hv[brs]\.[\w-]{20,}/,
    /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{30,}|dapi[a-f0-9]{32,}|gl(?:sa|c)_[\w+/=-]{30,}/,
    /tskey-[a-z]{1,20}-[\w-]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32,}|lin_api_[A-Za-z0-9]{30,}/,
    /ATATT3[\w=-]{30,}|ops_eyJ[\w+/=-]{50,}/,
    // NATS seeds (58 characters of base32: nkeys), age; the body of an OpenSSH key without its marks
    /(?<![A-Za-z0-9])S[A-Z][A-Z2-7]{56}(?![A-Za-z0-9])|AGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]{20,}/,
    /b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/=]*(?:(?:\s|\\[nr])+[A-Za-z0-9+/=]{40,})*/,
    // JWT, with or without its signature; JWE
    /(?<![\w-])eyJ[\w-]{17,}(?:\.eyJ[\w-]+(?:\.[\w-]*)?|\.[\w-]*(?:\.[\w-]{10,}){3})/,
    // crypt(3) and the passlib forms; Compose files double the `$`
    /\$\$?(?:1|2[abxy]|5|6|7|g?y|apr1|argon2(?:id?|d)|scrypt|pbkdf2-sha\d{1,3})\$\$?[./+\w=,-]{0,64}\$\$?[./+\w=,$-]{20,}/,
  ].map((form) => form.source).join("|"),
  "g",
);

// The password of scheme://user:password@host. One with `/`, `?` or `#` in it is no proper URL, but often written. An
// image's tag before its digest, docker://nginx:1.27@sha256:…, is none.
const URL_PASSWORD =
  /(?<=:(?:\\?\/){2}[^\s:/?#"'`<>[\]\\]{0,128}:)[^\s/?#"'`<>\\]{1,256}(?=@(?!sha\d{3}:))|(?<=:(?:\\?\/){2}[^\s:/?#@"'`<>[\]\\]{0,128}:)(?!\d{1,5}[/?#])[^\s@"'`<>\\]{1,256}(?=@(?!sha\d{3}:))/g;

const BASIC = /(?<=(?<![A-Za-z])basic {1,4})[A-Za-z0-9+/]{4,}={0,2}/gi;
const BEARER = /(?<=(?<![A-Za-z])bearer {1,4})[\w.~+/-]{8,}=*/gi;

/** Redacts the secrets in a text that are known by their own form. */
export function redactForms(text: string): string {
  const outside = redactBlocks(text);
  return (outside.includes(":/") || outside.includes(":\\/")
    ? outside.replace(URL_PASSWORD, REDACTED)
    : outside)
    .replace(FORMS, REDACTED)
    .replace(BASIC, (value) => isUserAndPassword(value) ? REDACTED : value)
    // "Bearer authentication" is prose.
    .replace(BEARER, (value) => /\d/.test(value) || value.length >= 32 ? REDACTED : value);
}

function isUserAndPassword(base64: string): boolean {
  const whole = base64.slice(0, 1024).replace(/=+$/, "");
  try {
    return atob(whole.slice(0, whole.length - (whole.length % 4 === 1 ? 1 : 0))).includes(":");
  } catch {
    return false;
  }
}

const KEY = "[A-Z0-9 ]{0,40}(?:PRIVATE KEY(?: BLOCK)?|NKEY SEED|NATS [A-Z]{1,20} JWT) ?----";
const BEGIN = new RegExp(`(?<=---- ?)BEGIN ${KEY}`, "g");
const END = new RegExp(`----[- ]{0,3}END ${KEY}-*`, "g");
const LINE_BEFORE = /(?:\s|\\[nr])*((?<!\\)[A-Za-z0-9+/=]{1,200})$/;

/** Redacts what stands between the marks of a private key; where one of them was cut off, what is left of the key. */
function redactBlocks(text: string): string {
  if (!text.includes("----")) return text;
  const next = (mark: RegExp, from: number) => {
    mark.lastIndex = from;
    return mark.exec(text);
  };
  let result = "";
  let at = 0;
  let begin = next(BEGIN, 0);
  let end = next(END, 0);
  while (begin || end) {
    if (!begin || (end && end.index < begin.index)) {
      result += withoutKeyLines(text.slice(at, end!.index));
    } else {
      let from = begin.index + begin[0].length;
      while (text[from] === "-") from++;
      const to = end?.index ?? text.length;
      result += text.slice(at, from) + (from < to ? REDACTED : "");
    }
    at = end?.index ?? text.length;
    if (begin && begin.index < at) begin = next(BEGIN, at);
    end &&= next(END, at + end[0].length);
  }
  return result + text.slice(at);
}

/** A text without the lines of base64 that it ends with: the first may have been cut, the last may be short. */
function withoutKeyLines(text: string): string {
  const end = text.trimEnd().replace(/(?:\\[nr])+$/, "").length;
  let start = end;
  for (let lines = 0;; lines++) {
    const line = LINE_BEFORE.exec(text.slice(Math.max(0, start - 240), start));
    if (!line || (lines > 0 && line[1]!.length < 40 && line[0].length < start)) break;
    start -= line[0].length;
  }
  if (end - start < 40 && start > 0 || end === 0) return text;
  start += /^(?:\s|\\[nr])*/.exec(text.slice(start, end))![0].length;
  return text.slice(0, start) + REDACTED + text.slice(end);
}
