"""What is seen of the systems while the gateway works: events, and what follows from them."""
