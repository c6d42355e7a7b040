const AuthActionCompletePage = () => <main></main>

export default AuthActionCompletePage
