import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import rooms from './build/eslint-rooms.js'

/** Rules that ask for types, for the TypeScript of the project. */
const typed = {
  files: ['**/*.ts', '**/*.svelte'],
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: {
    parserOptions: {
      projectService: { allowDefaultProject: ['*.ts'] },
      tsconfigRootDir: import.meta.dirname,
      extraFileExtensions: ['.svelte']
    }
  },
  rules: {
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
    '@typescript-eslint/no-unnecessary-condition': 'off', // bytes and untrusted input are checked on purpose
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    '@typescript-eslint/only-throw-error': 'error',
    '@typescript-eslint/prefer-promise-reject-errors': 'off', // takes Node's own ExecFileException for no Error
    '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    '@typescript-eslint/ban-ts-comment': 'error',
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/unbound-method': ['error', { ignoreStatic: true }]
  }
}

export default tseslint.config(
  { ignores: ['out/', 'out.*/', 'dist/', 'coverage/', 'node_modules/', 'test/oracle/cases/', 'test/oracle/observed/'] },
  js.configs.recommended,
  typed,
  // Behind it, since the parser of components is theirs.
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
    rules: {
      'svelte/prefer-svelte-reactivity': 'off' // maps and sets are private, or replaced and never mutated
    }
  },
  {
    // The linter sees a component's own types, but not what its markup gives them: svelte-check does.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off'
    }
  },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    ignores: ['renderer/**', 'test/e2e/app/page/**'],
    languageOptions: { globals: globals.node }
  },
  { files: ['renderer/**', 'test/e2e/app/page/**'], languageOptions: { globals: globals.browser } },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'off', // main/cli and the scripts of build/ speak to a terminal
      'no-control-regex': 'off', // the wire is made of them
      'no-constant-condition': ['error', { checkLoops: false }],
      'prefer-const': ['error', { destructuring: 'all' }],
      'object-shorthand': 'error'
    }
  },
  {
    files: ['main/**', 'shared/**', 'renderer/**'],
    plugins: { rooms },
    rules: { 'rooms/import-directions': ['error', { root: import.meta.dirname }] }
  },
  {
    // A test asserts on what a mock or a parsed answer holds, which has no type of its own.
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/require-await': 'off'
    }
  }
)
