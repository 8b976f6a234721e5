import { holdsCases } from './held-cases.js'

holdsCases(1, 2)
