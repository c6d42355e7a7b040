import { defineConfig } from 'tsdown'
import { library } from '../tsdown.base.ts'

const usual = library({ index: 'src/index.ts', http: 'src/http.ts', seal: 'src/seal.ts' })

export default defineConfig({
  ...usual,
  // Others load the very files of these entries, so that a test can put its own in their place.
  inputOptions: { preserveEntrySignatures: 'allow-extension' },
  outputOptions: {
    ...usual.outputOptions,
    // What these files share with others lies in a file of its own: they export what they promise.
    codeSplitting: {
      groups: [
        { name: 'runtime', test: /rolldown\/runtime/ },
        { name: 'parts', test: /\/packages\/parts\// },
      ],
    },
  },
})
