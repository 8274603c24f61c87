// What a page's bytes say, read as a browser reads them but without one.
import { HtmlValidate } from 'html-validate';
import { parse } from 'parse5';

const LINKS = { a: ['href'], link: ['href'], script: ['src'], img: ['src'], form: ['action'], iframe: ['src'], use: ['href', 'xlink:href'] };
/** Omitted ends and unquoted values are what a minifier leaves; they are no faults. */
const HARMLESS = new Set(['non-void-html-element-start-tag-with-trailing-solidus']);

/** The ids, links, dangers and parse errors of a page. */
export function read(html) {
  const page = { ids: new Set(), repeated: [], links: [], dangers: [], errors: [] };
  const document = parse(html, { sourceCodeLocationInfo: true, onParseError: (error) => {
    if (!HARMLESS.has(error.code)) page.errors.push(`${error.code} at ${error.startLine}:${error.startCol}`);
  } });
  const visit = (node) => {
    for (const { name, value } of node.attrs ?? []) {
      if (name === 'id') (page.ids.has(value) ? page.repeated.push(value) : page.ids.add(value));
      if (name.startsWith('on') || name === 'style' || name === 'srcdoc') page.dangers.push(`${node.tagName} ${name}=${value}`);
      if (/^(href|src|action|formaction|data|poster)$/.test(name) && /^\s*(javascript|data|vbscript)\s*:/i.test(value)) page.dangers.push(`${node.tagName} ${name}=${value}`);
      if (LINKS[node.tagName]?.includes(name)) page.links.push({ tag: node.tagName, href: value, rel: node.attrs.find((attribute) => attribute.name === 'rel')?.value ?? '' });
    }
    if (['iframe', 'object', 'embed', 'base', 'style', 'math', 'foreignObject'].includes(node.tagName)) page.dangers.push(`<${node.tagName}>`);
    if (node.tagName === 'script' && !node.attrs.some((attribute) => attribute.name === 'src')
      && node.attrs.find((attribute) => attribute.name === 'type')?.value !== 'application/ld+json') page.dangers.push('<script> without src');
    if (node.tagName === 'meta' && node.attrs.some((attribute) => attribute.name === 'http-equiv' && /refresh/i.test(attribute.value))) page.dangers.push('<meta refresh>');
    for (const child of node.childNodes ?? []) visit(child);
    if (node.content) visit(node.content);
  };
  visit(document);
  return page;
}

/** The rules of the standard; those about style of writing, which minifying decides, are left out. */
const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard'],
  rules: {
    'attr-quotes': 'off', 'no-raw-characters': 'off', 'doctype-style': 'off', 'no-implicit-close': 'off', 'void-style': 'off',
    'no-trailing-whitespace': 'off', 'attribute-boolean-style': 'off', 'attribute-empty-style': 'off', 'no-implicit-button-type': 'off',
    'long-title': 'off', 'no-inline-style': 'error', 'no-dup-id': 'error', 'prefer-native-element': 'off',
  },
});

/** Faults of a page against the standard, as `rule at line:column: message`. */
export async function faults(html) {
  const report = await validator.validateString(html, 'page.html');
  return report.results.flatMap((result) => result.messages).filter((message) => message.severity === 2)
    .map((message) => `${message.ruleId} at ${message.line}:${message.column}: ${message.message} ${html.split('\n')[message.line - 1]?.slice(Math.max(0, message.column - 60), message.column + 80) ?? ''}`);
}
