"""What views share: the request as they get it, parameters as forms, files as answers."""
