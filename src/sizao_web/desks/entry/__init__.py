"""Where people arrive: declare or look up, grade at departure, hand over, pushed names, queues."""
