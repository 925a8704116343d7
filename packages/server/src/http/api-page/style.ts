/** The style of the page: one column, a list of contents beside it, light or dark as one likes. */
export const style = `
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --back: #ffffff;
  --panel: #f4f6f8; --line: #d0d7de; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #a3adb8; --back: #0f1419;
  --panel: #1a2129; --line: #3a444f; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--back); }
.skip:focus { left: 0; }
header, main, nav { padding: 1rem 1.5rem; }
header { border-bottom: 1px solid var(--line); }
h1 { margin: 0 0 .5rem; font-size: 1.8rem; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.5rem; }
h3 { margin: 0; font-size: 1.15rem; }
h4 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
p, ul, dl { margin: .5rem 0; max-width: 46rem; }
nav { font-size: .9rem; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li { padding: .1rem 0; }
nav h2 { margin: 1rem 0 .25rem; font-size: .95rem; }
article { margin: 1.5rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line);
  border-radius: .5rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
pre { padding: .75rem 1rem; overflow-x: auto; background: var(--panel); border-radius: .25rem; }
.method { padding: .1rem .5rem; border: 1px solid var(--line); border-radius: .25rem;
  background: var(--panel); font: 600 .85rem ui-monospace, monospace; }
.note, .media { color: var(--quiet); font-size: .9rem; }
.media { margin-top: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; }
th code { white-space: nowrap; }
.members { margin-left: .25rem; padding-left: 1rem; border-left: 2px solid var(--line); }
dt { font-weight: 500; }
dd { margin: 0 0 .4rem 1rem; color: var(--quiet); font-size: .95rem; }
.failures { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
.failures dd { margin: 0; }
@media (min-width: 64rem) {
  .page { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto;
    border-right: 1px solid var(--line); }
}
@media print { nav, .skip { display: none; } article { break-inside: avoid; } }
`
