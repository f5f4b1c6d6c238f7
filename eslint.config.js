import tseslint from 'typescript-eslint';

/** The environment is read in one place: main.ts hands it to config.ts, which makes a typed object of it. */
const ENVIRONMENT = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Only main.ts passes process.env on; take what you need as a parameter.',
  },
  {
    selector: "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
    message: 'Only main.ts passes the environment on; take what you need as a parameter.',
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/generated/',
      '**/dist/',
      '.culvert/',
      '**/*.js',
      '**/*.cjs',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...ENVIRONMENT],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['demo/**', 'scripts/**', '*/scripts/**', '**/bench/**', 'e2e/src/kubernetes/applications/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: [
      '**/main.ts',
      'demo/src/launcher/**',
      'scripts/**',
      '*/scripts/**',
      '**/bench/**',
      'e2e/**',
      '**/testing/**',
      '**/*.test.ts',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/require-await': 'off' } },
);
