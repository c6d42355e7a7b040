import * as React from 'react'

/** React, for the hook. */
export const react = (): typeof React => React
