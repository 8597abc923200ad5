"""A guided tour: how the picture that shows came to be, in eight stops."""
