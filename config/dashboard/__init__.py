"""The pages that belong to no app: the Overview and the Settings, and the navigation over all of them."""
