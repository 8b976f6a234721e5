/** For the bundler, svelte-check and the linter alike. */
export default { compilerOptions: { runes: true } }
