/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Of package.json, at the time of the build. */
  readonly SWITCHYARD_VERSION: string
}
