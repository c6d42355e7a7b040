/**
 * React, for the hook, in the place of `load_react.ts` where modules are required: a program in Node
 * that has no React can use everything else.
 */
export const react = (): typeof import('react') => require('react')

declare function require(name: 'react'): typeof import('react')
