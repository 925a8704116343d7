import { html } from 'hono/html'

/** A piece of the page, in which everything that came from outside is escaped. */
export type Html = ReturnType<typeof html>

/** Descriptions as paragraphs and lists, of the little Markdown that they are written in. */
export function prose(text: string): Html[] {
  return text.split(/\n\n+/).map((block) => {
    if (!block.startsWith('- ')) return html`<p>${inline(block)}</p>`
    const items = block.slice(2).split(/\n- /)
    return html`<ul>${items.map((item) => html`<li>${inline(item)}</li>`)}</ul>`
  })
}

/** Text in which backticks enclose code. */
export function inline(text: string): Html[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}
