"""Who is meant by what somebody is known by: of a sender among those whom the sender sees, and by a job among
everybody, of which the sender learns nothing."""
