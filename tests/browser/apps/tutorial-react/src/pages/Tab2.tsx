import { Link } from 'react-router'

const Tab2 = () => (
  <main>
    <h1>Tab 2</h1>
    <Link to="/tabs/tab1">Tab 1</Link>
  </main>
)

export default Tab2
