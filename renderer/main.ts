import { mount } from 'svelte'
import App from './App.svelte'
import { tellFaults } from './page-fault.js'
import { Connection } from './state/connection.svelte.js'
import { dialHere } from './state/line.js'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/page-fault.css'

tellFaults()
const connection = new Connection(dialHere())
mount(App, { target: document.getElementById('app') as HTMLElement, props: { connection } })
connection.start()
