"""What a question asks: places, years, periods, measures, kind; and what a follow-up leaves out."""
