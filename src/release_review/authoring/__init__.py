"""What somebody who writes a policy uses: its cases carried out, what they cover, what is wrong with it, its pages."""
